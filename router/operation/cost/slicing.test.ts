import { expect, test } from 'vitest'
import { exactNumber } from '../../json/exact-number.ts'
import { costOf } from '../../testing/cost-of.ts'

const SDL = `
  scalar Big
  type Query {
    big(n: Big): [A] @listSize(slicingArguments: ["n"], assumedSize: 2, requireOneSlicingArgument: false)
    unsaid(n: Big): [A] @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false)
    one(first: Int = 10, last: Int): [A] @listSize(slicingArguments: ["first", "last"])
    three(first: Int = 10, last: Int = 5, around: Int): [A] @listSize(slicingArguments: ["first", "last", "around"], requireOneSlicingArgument: true)
    none: [A] @listSize(assumedSize: 3, requireOneSlicingArgument: true)
    lost(n: Int): [A] @listSize(slicingArguments: ["unknown"], assumedSize: 4, requireOneSlicingArgument: false)
    wrong(by: In): [A] @listSize(slicingArguments: ["by.unknown"], assumedSize: 4, requireOneSlicingArgument: false)
  }
  input In { n: Int }
  type A { id: ID a: A }
`
const MAX = Number.MAX_SAFE_INTEGER

test.each<[value: unknown, length: number | null]>([
  [4, 4],
  ['4', 4],
  [2.5, 3],
  [0, 0],
  [-1, 0],
  [1e300, MAX],
  [exactNumber('9007199254740993'), MAX],
  [exactNumber('1e400'), MAX],
  [['a', 'b', 'c'], 3],
  ['', null],
  ['many', null],
  [true, null],
  [{ n: 1 }, null],
  [null, null],
])('a slicing argument of %j states a length of %j', (n, length) => {
  for (const [field, otherwise] of [
    ['big', 2],
    ['unsaid', 10],
  ] as const) {
    const cost = Math.min(MAX, (length ?? otherwise) * 2)
    const text = `query ($n: Big) { ${field}(n: $n) { a { id } } }`
    const { estimated, problem } = costOf(SDL, text, { variables: { n } })
    expect([field, estimated, problem]).toEqual([field, cost, null])
    if (typeof n === 'object') continue
    const literal = `{ ${field}(n: ${JSON.stringify(n)}) { a { id } } }`
    expect([field, costOf(SDL, literal).estimated]).toEqual([field, cost])
  }
})

test.each<[what: string, args: string, variables: Record<string, unknown>, count: number]>([
  ['a default', '', {}, 1],
  ['one instead of the default', '(last: 3)', {}, 1],
  ['one beside the default', '(first: 3)', {}, 1],
  ['null instead of the default', '(first: null)', {}, 0],
  ['two', '(first: 3, last: 3)', {}, 2],
  ['two, one of them in a variable', '(first: $n, last: 3)', { n: 3 }, 2],
  ['a variable that is not given, beside one', '(first: $n, last: 3)', {}, 1],
  ['a variable that is not given, with a default', '(first: $n)', {}, 1],
  ['a variable that is null', '(first: $n)', { n: null }, 0],
])('a field that takes one slicing argument gets %s', (_, args, variables, count) => {
  const declared = args.includes('$') ? 'query ($n: Int) ' : ''
  const { problem } = costOf(SDL, `${declared}{ one${args} { id } }`, { variables })
  if (count === 1) expect(problem).toBeNull()
  else
    expect(problem).toBe(
      `The field one takes exactly one of its slicing arguments (first, last), not ${count}.`,
    )
})

test('a field with several defaults takes one that is given instead, not two', () => {
  expect(costOf(SDL, '{ three(around: 3) { id } }').problem).toBeNull()
  expect(costOf(SDL, '{ three(around: 3, last: 3) { id } }').problem).toContain('not 2')
  expect(costOf(SDL, '{ three { id } }').problem).toContain('not 2')
})

test('a slicing argument that the schema does not have is not given', () => {
  expect(costOf(SDL, '{ wrong(by: {}) { id } }').estimated).toBe(1 + 4)
  expect(costOf(SDL, '{ lost(n: 9) { id } }').estimated).toBe(4)
})

test('a field without slicing arguments needs none', () => {
  expect(costOf(SDL, '{ none { id } }')).toMatchObject({ estimated: 3, problem: null })
})
