import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decoded } from './decoding.ts'

const LIMIT = 16_384

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('an answer by %s is decompressed to so many bytes, and not to one more', async (encoding, compress) => {
  const answer = (bytes: number) => {
    const body = compress('x'.repeat(bytes))
    return decoded({ status: 200, headers: { 'content-encoding': encoding }, body }, LIMIT)
  }
  expect((await answer(LIMIT)).content).toHaveLength(LIMIT)
  await expect(answer(LIMIT + 1)).rejects.toMatchObject({ kind: 'too-large' })
})

// RFC 9110, section 5.3: each coding may have a line of its own.
test.each([['br, gzip'], [['br', 'gzip']], [['br', ' GZIP ,']]])(
  'the codings %j are removed in the reverse order',
  async (encoding) => {
    const body = gzipSync(brotliCompressSync('{"data":1}'))
    const answer = await decoded({ status: 203, headers: { 'content-encoding': encoding }, body }, LIMIT)
    expect(answer).toMatchObject({ status: 203, content: '{"data":1}' })
  },
)

test.each([
  ['gzip, gzip, gzip', 'invalid', 'content-encoding has 3 codings, at most 2'],
  ['gzip', 'invalid', 'the body is not gzip: Z_DATA_ERROR'],
  [
    'x'.repeat(50),
    'invalid',
    `content-encoding "${'x'.repeat(40)}" is not known: gzip, x-gzip, deflate, br are`,
  ],
  ['br', 'too-large', `the body decompresses to more than ${LIMIT} bytes`],
])('the reason is told why an answer by %s cannot be read', async (encoding, kind, detail) => {
  const body = kind === 'too-large' ? brotliCompressSync('x'.repeat(LIMIT + 1)) : Buffer.from('no gzip')
  const answer = decoded({ status: 200, headers: { 'content-encoding': encoding }, body }, LIMIT)
  await expect(answer).rejects.toMatchObject({ kind, detail })
})
