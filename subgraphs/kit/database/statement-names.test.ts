import { expect, test } from 'vitest'
import { statementNames } from './statement-names.ts'

test('the first 500 statements are named, each always alike; further ones are not prepared', () => {
  const nameOf = statementNames()
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => nameOf({ sql: `SELECT ${from + index}` }))
  const first = names(0, 500)
  expect(new Set(first).size).toBe(500)
  expect(first).not.toContain('')
  expect(names(500, 502)).toEqual(['', ''])
  expect(names(0, 500)).toEqual(first)
})
