import { expect, test } from 'vitest'
import { type Choose, type Cost, cheapest } from './search.ts'
import { MoreExpensive, TooLarge, Unplannable } from './unplannable.ts'

/** Searches plans that consist of choices, and records each drafted plan. */
function searched(plan: (choose: Choose, limit: Cost | null) => string, costOf: (plan: string) => Cost) {
  const drafted: string[] = []
  const result = cheapest<string>((choose, limit) => {
    const made = plan(choose, limit)
    drafted.push(made)
    return { result: made, cost: () => costOf(made), spent: 1 }
  })
  return { result, drafted }
}

const digits = (count: number, base: number) => (choose: Choose) =>
  Array.from({ length: count }, () => choose(Array.from({ length: base }, (_, digit) => digit))).join('')

test('drafts every combination where there are at most 100, the most promising first', () => {
  const { result, drafted } = searched(digits(2, 3), (plan) => [Math.abs(Number(plan) - 12)])
  expect(drafted).toEqual(['00', '01', '02', '10', '11', '12', '20', '21', '22'])
  expect(result).toBe('12')
})

test('drafts every combination of exactly 100, and 20 plans of 110', () => {
  const choices = (counts: readonly number[]) => (choose: Choose) =>
    counts.map((count) => choose(Array.from({ length: count }, (_, index) => index))).join('.')
  const all = searched(choices([10, 10]), (plan) => [plan === '7.7' ? 0 : 1])
  expect([all.drafted.length, all.result]).toEqual([100, '7.7'])
  expect(searched(choices([10, 11]), () => [1]).drafted).toHaveLength(1 + 9 + 10)
})

test('varies one choice after the other where there are more', () => {
  const { result, drafted } = searched(digits(5, 4), (plan) =>
    [...plan].map((digit) => (digit === '3' ? 0 : 1)),
  )
  expect(result).toBe('33333')
  expect(drafted).toHaveLength(1 + 5 * 3)
})

test('drafts one plan where nothing is to be chosen, and does not ask for its cost', () => {
  const { result, drafted } = searched(
    (choose) => choose(['only']),
    () => {
      throw new Error('there is nothing to compare')
    },
  )
  expect([result, drafted]).toEqual(['only', ['only']])
})

test('a later choice may exist in some of the plans only', () => {
  const plan = (choose: Choose) => (choose(['a', 'b']) === 'a' ? 'a' : `b${choose(['1', '2'])}`)
  const costs = new Map([
    ['a', [3]],
    ['b1', [2]],
    ['b2', [1]],
  ])
  expect(searched(plan, (made) => costs.get(made) ?? []).result).toBe('b2')
})

test('of plans of one cost the most promising is taken; numbers further on decide only then', () => {
  const plan = (choose: Choose) => choose(['a', 'b', 'c', 'd'])
  const costs = new Map([
    ['a', [2, 0]],
    ['b', [1, 5]],
    ['c', [1, 4]],
    ['d', [1, 4]],
  ])
  expect(searched(plan, (made) => costs.get(made) ?? []).result).toBe('c')
})

test('a plan that leads nowhere is passed over, and so is one that gives up because it costs more', () => {
  const failing = new Map<string, Error>([
    ['a', new Unplannable('no way')],
    ['c', new MoreExpensive('it costs more')],
  ])
  const plan = (choose: Choose) => {
    const made = choose(['a', 'b', 'c', 'd'])
    const failure = failing.get(made)
    if (failure) throw failure
    return made
  }
  const { result, drafted } = searched(plan, (made) => [made === 'b' ? 2 : 3])
  expect([result, drafted]).toEqual(['b', ['b', 'd']])
})

test('drafts get the minimum cost so far', () => {
  const limits: (Cost | null)[] = []
  searched(
    (choose, limit) => {
      limits.push(limit)
      return choose(['a', 'b', 'c'])
    },
    (made) => [made === 'b' ? 1 : 2],
  )
  expect(limits).toEqual([null, [2], [1]])
})

test('if all fail, the first reason is reported', () => {
  const plan = (choose: Choose) => {
    throw new Unplannable(`no way by ${choose(['a', 'b'])}`)
  }
  expect(() => searched(plan, () => [])).toThrow('no way by a')
})

test.each([
  ['leads nowhere', () => new Unplannable('no way')],
  ['costs more', () => new MoreExpensive('it costs more')],
])('a plan that %s counts as 100 of the 4,000 fields', (_, failure) => {
  let drafts = 0
  const plan = (choose: Choose) => {
    drafts++
    if (choose(Array.from({ length: 90 }, (_, index) => index)) > 0) throw failure()
    return 'first'
  }
  expect(searched(plan, () => [1]).result).toBe('first')
  // The first one counts a single field.
  expect(drafts).toBe(1 + 40)
})

test('an operation that is too large is given up at once', () => {
  let drafts = 0
  const plan = (choose: Choose) => {
    drafts++
    choose(['a', 'b'])
    throw new TooLarge('too many fields')
  }
  expect(() => searched(plan, () => [])).toThrow('too many fields')
  expect(drafts).toBe(1)
})

test('another error ends the search', () => {
  const plan = () => {
    throw new RangeError('a fault of the planner')
  }
  expect(() => searched(plan, () => [])).toThrow(RangeError)
})

test('at most 100 plans are drafted, and none after 4,000 fields', () => {
  const all = searched(digits(20, 10), () => [1])
  expect(all.drafted).toHaveLength(100)
  let drafts = 0
  cheapest((choose) => {
    drafts++
    return { result: choose(['a', 'b', 'c', 'd']), cost: () => [1], spent: 2_000 }
  })
  expect(drafts).toBe(2)
})
