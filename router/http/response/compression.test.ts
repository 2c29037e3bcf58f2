import type { IncomingMessage } from 'node:http'
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../settings.ts'
import { type AnswerText, compressed } from './compression.ts'

const { compression } = parseSettings({}, 'the defaults').http

const requestTaking = (encoding: string) =>
  ({ headers: { 'accept-encoding': encoding } }) as unknown as IncomingMessage

const answerOf = (text: string, isKept: boolean): AnswerText => ({ text, isKept, encoded: new Map() })

const ENCODINGS: [encoding: string, read: (bytes: Buffer) => Buffer][] = [
  ['identity', (bytes) => bytes],
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
]

test.each([true, false])(
  'of one answer each client gets the encoding that it accepts (kept: %s)',
  async (isKept) => {
    const text = 'sock'.repeat(1_000)
    const answer = answerOf(text, isKept)
    for (const [encoding, read] of [...ENCODINGS, ...ENCODINGS]) {
      const { bytes } = await compressed(answer, requestTaking(encoding), compression)
      expect(read(bytes).toString()).toBe(text)
    }
  },
)

describe.each(ENCODINGS)('as %s', (encoding, read) => {
  test('an answer that is kept keeps alive its own bytes only', async () => {
    const text = 'sock'.repeat(encoding === 'identity' ? 10 : 1_000)
    const answer = answerOf(text, true)
    for (let time = 0; time < 3; time++) {
      const { bytes } = await compressed(answer, requestTaking(encoding), compression)
      expect(read(bytes).toString()).toBe(text)
    }
    const { bytes } = await compressed(answer, requestTaking(encoding), compression)
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
  })

  test('those who share an answer share its bytes', async () => {
    const answer = answerOf('sock'.repeat(1_000), false)
    const [one, other] = [
      await compressed(answer, requestTaking(encoding), compression),
      await compressed(answer, requestTaking(encoding), compression),
    ]
    expect(other.bytes).toBe(one.bytes)
  })
})

test('an answer is compressed above the bound, and not at it', async () => {
  const encodingOf = async (length: number) =>
    (await compressed(answerOf('x'.repeat(length), false), requestTaking('gzip'), compression)).encoding
  expect([await encodingOf(2_048), await encodingOf(2_049)]).toEqual([null, 'gzip'])
})

test.each<[encodings: ('br' | 'gzip')[], encoding: string | null]>([
  [['br', 'gzip'], 'br'],
  [['gzip', 'br'], 'gzip'],
  [['gzip'], 'gzip'],
  [[], null],
])(
  'of the encodings %j of the settings the first is used that a client accepts: %s',
  async (encodings, encoding) => {
    const { http } = parseSettings({ http: { compression: { encodings, above: '1B' } } }, 'a test')
    const body = await compressed(answerOf('sock', false), requestTaking('br, gzip'), http.compression)
    expect(body.encoding).toBe(encoding)
  },
)

test('a small answer is compressed only where it may not go as it is', async () => {
  const encodings = ['gzip', 'gzip, identity;q=0', 'gzip, *;q=0'].map(async (taken) => {
    const { encoding } = await compressed(answerOf('sock', false), requestTaking(taken), compression)
    return encoding
  })
  expect(await Promise.all(encodings)).toEqual([null, 'gzip', 'gzip'])
})

test('compression takes little time: its level is low', async () => {
  const text = Array.from({ length: 2_000 }, (_, index) => `sock ${index * 7919}`).join(' ')
  const as = async (encoding: string) =>
    (await compressed(answerOf(text, false), requestTaking(encoding), compression)).bytes
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3 }
  expect((await as('br')).equals(brotliCompressSync(text, { params }))).toBe(true)
  expect((await as('gzip')).equals(gzipSync(text, { level: 4 }))).toBe(true)
})
