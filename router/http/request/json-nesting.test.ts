import { expect, test } from 'vitest'
import { isNestedDeeper } from './json-nesting.ts'

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

const STRINGS = ['', '"', '\\', '\\"', '[[[[', '{"a":[', '\\\\"[', 'a\\', '\n"]'].flatMap((text) => [
  text,
  { [text]: [text] },
])

test.each([
  ...[1, [], {}, [[], [[]]], { a: { b: [] }, c: [[[[]]]] }, [{}, {}, {}]],
  ...STRINGS.map((text) => [text, [text]]),
])('%j', (value) => {
  const depth = depthOf(value)
  for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    expect(isNestedDeeper(text, depth)).toBe(false)
    if (depth > 0) expect(isNestedDeeper(text, depth - 1)).toBe(true)
  }
})

test('what is no JSON ends', () => {
  for (const text of ['', '"', '"\\', '"\\"', '[[', ']]]', '{"a']) expect(isNestedDeeper(text, 5)).toBe(false)
  expect(isNestedDeeper('['.repeat(6), 5)).toBe(true)
})
