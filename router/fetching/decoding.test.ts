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
