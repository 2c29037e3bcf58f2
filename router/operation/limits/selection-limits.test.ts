import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { excessesOf } from './selection-limits.ts'

const WIDE = { depth: 100, aliases: 100, root_fields: 100, selections: 100 }

test.each([
  ['depth', '{ ...A } fragment A on Query { a { ...B } } fragment B on A { b { c } }', 3, '3 fields deep'],
  ['aliases', '{ ...A b: a { ...A } } fragment A on Query { c: a }', 3, '3 aliases'],
  ['root_fields', '{ ...A a ... { ...A } } fragment A on Query { b c }', 5, '5 root fields'],
  ['selections', '{ a { ...A ...A } } fragment A on A { b { c } }', 5, 'selects 5 fields'],
  [
    'selections',
    '{ a ...A } fragment A on Query { ...B ...B } fragment B on Query { ...C } fragment C on Query { a }',
    5,
    '5 fragments',
  ],
] as const)('%s of %s are those of its fragments too, once per spread', (limit, text, measure, problem) => {
  expect(excessesOf(parse(text), { ...WIDE, [limit]: measure })).toEqual([])
  const [error] = excessesOf(parse(text), { ...WIDE, [limit]: measure - 1 })
  expect(error?.message).toContain(problem)
  expect(error?.message).toContain(`${measure - 1} are taken`)
})
