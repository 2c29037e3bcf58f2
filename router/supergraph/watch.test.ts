import type { Stats } from 'node:fs'
import { expect, test } from 'vitest'
import { isChanged } from './watch.ts'

test.each([
  [{}, false],
  [{ atimeMs: 2 }, false],
  [{ mtimeMs: 2 }, true],
  [{ size: 2 }, true],
  // Another file took its place.
  [{ ino: 2 }, true],
])('a file whose state differs by %j is changed: %s', (difference, changed) => {
  // The parts of the state that are compared, and one that is not.
  const before = { mtimeMs: 1, size: 1, ino: 1, atimeMs: 1 } as Stats
  expect(isChanged({ ...before, ...difference } as Stats, before)).toBe(changed)
})
