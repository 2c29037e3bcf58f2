import { expect, test } from 'vitest'
import { maxLines, tooManyLines } from './mail-lines.ts'

test('an e-mail has 10,000 lines and one more for each 72 bytes at most', () => {
  expect([maxLines(71), maxLines(72), maxLines(5_000_000)]).toEqual([10_000, 10_001, 79_444])
  const email = (lines: number) => Buffer.from(' '.repeat(72_000 - lines + 1) + '\n'.repeat(lines - 1))
  expect(tooManyLines(email(11_000))).toBeNull()
  expect(tooManyLines(email(11_001))).toBe(
    'it has 11001 lines: allowed for its 72000 bytes are 11000 at most',
  )
})

test('a file of the largest size in base64 fits', () => {
  expect(tooManyLines(Buffer.from(`${'A'.repeat(76)}\r\n`.repeat(64_000)))).toBeNull()
  expect(tooManyLines(new Uint8Array())).toBeNull()
})
