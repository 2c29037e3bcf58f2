import { Kind, parse } from 'graphql'
import { expect, test } from 'vitest'
import { excessesOf, selectionsIn, variantsKept } from './selection-limits.ts'

const WIDE = { depth: 100, aliases: 100, root_fields: 100, selections: 100, body: 1_000 }

test.each([
  [
    'depth',
    '{ ...A d } fragment A on Query { a { ...B } e } fragment B on A { b { c } }',
    3,
    '3 fields deep',
  ],
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
  const text =
    '{ a { ...A ...A b { ...A } } } fragment A on A { c(d: [{ e: "123" }, $f12345], g: RED, h: 1.5, i: 12) }'
  expect(excessesOf(parse(text), { ...WIDE, body: 13 })).toEqual([])
  const [error] = excessesOf(parse(text), { ...WIDE, body: 12 })
  expect(error?.message).toBe(
    'The arguments of the operation have 51 characters with fragments expanded; the maximum is 48.',
  )
})

test.each([
  ['of a fragment', '{ ...A } fragment A on Query { NAME: a }'],
  ['before shorter ones', '{ NAME: a b: a ...A } fragment A on Query { c: a }'],
  ['after shorter ones', '{ ...A b: a NAME: a { c: d } } fragment A on Query { c: a }'],
])('an alias %s has at most 255 characters', (_, text) => {
  const withAlias = (length: number) => parse(text.replace('NAME', 'n'.repeat(length)))
  expect(excessesOf(withAlias(255), WIDE)).toEqual([])
  const [error] = excessesOf(withAlias(256), WIDE)
  expect(error?.message).toBe('The operation has an alias of 256 characters; the maximum is 255.')
})

test.each([
  ['a field', '{ a @include(if: $f12345) { b } }'],
  ['a fragment spread', '{ ...A @skip(if: $f12345) } fragment A on Query { a }'],
  ['an inline fragment', '{ ... @include(if: $f12345) { a } }'],
  ['a field with arguments', '{ a(b: 12) @include(if: $f1234) { b } }'],
  ['a field with two directives', '{ a @skip(if: $f) @include(if: $f1234) { b } }'],
])('the arguments of the directives of %s count', (_, text) => {
  expect(excessesOf(parse(text), { ...WIDE, body: 2 })).toEqual([])
  expect(excessesOf(parse(text), { ...WIDE, body: 1 })[0]?.message).toMatch(/ have [67] characters /)
})

test.each<[string, (length: number) => string]>([
  ['an operation', (levels) => `${'{ a '.repeat(levels)}${' b }'.repeat(levels)}`],
  [
    'an operation through a fragment',
    (levels) => `{ ...A } fragment A on Query ${'{ a '.repeat(levels - 1)}${'}'.repeat(levels - 1)}`,
  ],
  [
    'an operation through fragments within each other',
    (levels) =>
      `{ ...F1 } ${Array.from({ length: levels - 1 }, (_, index) => `fragment F${index + 1} on Query { ${index + 2 < levels ? `...F${index + 2}` : 'a'} }`).join(' ')}`,
  ],
  // Validation follows the fragments recursively, and would overflow the stack.
  [
    'a fragment that nothing spreads',
    (levels) => `{ a } fragment A on Query ${'{ a '.repeat(levels)}${'}'.repeat(levels)}`,
  ],
])('selection sets of %s are nested at most 500 levels', (_, text) => {
  const limits = { ...WIDE, depth: 1_000, selections: 2_000 }
  expect(excessesOf(parse(text(500)), limits)).toEqual([])
  expect(excessesOf(parse(text(501)), limits).map(({ message }) => message)).toEqual([
    'Selection sets are nested deeper than 500 levels, through fragments.',
  ])
})

test('fragments within each other are followed no further than they may be nested', () => {
  const fragments = Array.from(
    { length: 10_000 },
    (_, index) => `fragment F${index} on Query { ...F${index + 1} }`,
  )
  const [error] = excessesOf(parse(`{ ...F0 } ${fragments.join(' ')}`), { ...WIDE, selections: 2_000 })
  expect(error?.message).toBe('Selection sets are nested deeper than 500 levels, through fragments.')
})

test('each operation of a document is measured for itself, and its error is at its place', () => {
  const errors = excessesOf(parse('query A { a }\nquery B { b: a }\nquery C { c: a d: a }'), {
    ...WIDE,
    aliases: 1,
  })
  expect(errors.map(({ message, locations }) => [message, locations?.[0]?.line])).toEqual([
    ['The operation has 2 aliases; the maximum is 1.', 3],
  ])
})

test('the variants of an operation share 32,000 selections: at least two are kept, at most as many as allowed', () => {
  expect([1, 1_000, 8_000, 16_000, 17_000, 100_000].map((size) => variantsKept(10, size))).toEqual([
    10, 10, 4, 2, 2, 2,
  ])
})

test('selections of an operation are its fields and fragments, fragments multiplied out', () => {
  const document = parse('{ a { b } ...A ...A ... { c } } fragment A on Query { d { e } }', {
    noLocation: true,
  })
  const [definition, fragment] = document.definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION || fragment?.kind !== Kind.FRAGMENT_DEFINITION)
    throw new Error('an operation with a fragment was expected')
  expect(selectionsIn({ definition, fragments: { A: fragment } })).toBe(10)
})

test('a fragment that spreads itself is left to the rule that reports it', () => {
  for (const text of [
    '{ ...A } fragment A on Query { a ...A }',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { a ...A }',
  ])
    expect(excessesOf(parse(text), WIDE)).toEqual([])
})
