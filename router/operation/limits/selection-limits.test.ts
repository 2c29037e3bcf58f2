import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { excessesOf } from './selection-limits.ts'

const WIDE = { depth: 100, aliases: 100, root_fields: 100, selections: 100, body: 1_000 }

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
  expect(error?.message).toContain(`the maximum is ${measure - 1}`)
})

test('arguments have four characters for each byte of the largest body, those of fragments once per spread', () => {
  const text = '{ a { ...A ...A b { ...A } } } fragment A on A { c(d: [{ e: "123" }, $f12345], g: RED) }'
  expect(excessesOf(parse(text), { ...WIDE, body: 9 })).toEqual([])
  const [error] = excessesOf(parse(text), { ...WIDE, body: 8 })
  expect(error?.message).toBe(
    'The arguments of the operation have 36 characters with fragments expanded; the maximum is 32.',
  )
})

test('an alias has at most 255 characters, in fragments too', () => {
  const text = (length: number) => `{ ...A } fragment A on Query { ${'n'.repeat(length)}: a }`
  expect(excessesOf(parse(text(255)), WIDE)).toEqual([])
  const [error] = excessesOf(parse(text(256)), WIDE)
  expect(error?.message).toBe('The operation has an alias of 256 characters; the maximum is 255.')
})
