import { describe, expect, test } from 'vitest'
import { type Condition, evaluate, type Facts, spentAmounts } from './rule.ts'

const now = new Date('2026-11-28T12:00:00.000Z')
const daysAgo = (days: number, ms = 0) => new Date(now.getTime() - days * 86_400_000 - ms)

const facts: Facts = {
  orders: 3,
  firstOrderAt: daysAgo(200),
  lastOrderAt: daysAgo(90),
  countryCode: 'DE',
  spent: { EUR: '12990', JPY: '5000' },
  categories: ['cat_crew', 'cat_ankle'],
  acceptsCampaigns: true,
  recencyScore: 2,
  frequencyScore: 4,
  monetaryScore: 5,
}
const none: Facts = {
  orders: 0,
  firstOrderAt: null,
  lastOrderAt: null,
  countryCode: null,
  spent: {},
  categories: [],
  acceptsCampaigns: false,
  recencyScore: null,
  frequencyScore: null,
  monetaryScore: null,
}

const number = (fact: 'ORDERS' | 'RECENCY_SCORE', atLeast: number | null, atMost: number | null = null) =>
  ({ fact, atLeast, atMost }) as const
const spent = (atLeast: string | null, atMost: string | null = null, currencyCode: 'EUR' | 'USD' = 'EUR') =>
  ({ fact: 'SPENT', currencyCode, atLeast, atMost }) as const
const last = (atLeast: number | null, atMost: number | null = null) =>
  ({ fact: 'DAYS_SINCE_LAST_ORDER', atLeast, atMost }) as const
const list = (fact: 'COUNTRY' | 'CATEGORY', values: string[], isNot = false) => ({ fact, in: values, isNot })

const CASES: [condition: Condition, holds: boolean, holdsOfNobody: boolean][] = [
  [number('ORDERS', 3), true, false],
  [number('ORDERS', 4), false, false],
  [number('ORDERS', null, 3), true, true],
  [number('ORDERS', 0, 2), false, true],
  [number('RECENCY_SCORE', 2, 2), true, false],
  [number('RECENCY_SCORE', 3), false, false],
  [{ fact: 'FREQUENCY_SCORE', atLeast: 4, atMost: null }, true, false],
  [{ fact: 'MONETARY_SCORE', atLeast: null, atMost: 4 }, false, false],
  [{ fact: 'DAYS_SINCE_FIRST_ORDER', atLeast: null, atMost: 199 }, false, false],
  [last(90), true, false],
  [last(91), false, false],
  [last(null, 90), true, false],
  [last(null, 89), false, false],
  [spent('129.90'), true, false],
  [spent('129.91'), false, false],
  [spent('0', '129.90'), true, true],
  [spent('0.01', null, 'USD'), false, false],
  [list('COUNTRY', ['AT', 'DE']), true, false],
  [list('COUNTRY', ['AT']), false, false],
  [list('COUNTRY', ['AT'], true), true, false],
  [list('CATEGORY', ['cat_ankle', 'cat_bed']), true, false],
  [list('CATEGORY', ['cat_bed'], true), true, true],
  [{ fact: 'ACCEPTS_CAMPAIGNS', is: true }, true, false],
  [{ fact: 'ACCEPTS_CAMPAIGNS', is: false }, false, true],
]

test.each(CASES)('%j', (condition, holds, holdsOfNobody) => {
  expect(evaluate([condition], facts, now).isMember).toBe(holds)
  expect(evaluate([condition], none, now).isMember).toBe(holdsOfNobody)
})

test('whether a member accepts e-mails is a reason too', () => {
  const reasonOf = (is: boolean) =>
    evaluate([{ fact: 'ACCEPTS_CAMPAIGNS', is }], { ...facts, acceptsCampaigns: is }, now).reasons
  expect([reasonOf(true), reasonOf(false)]).toEqual([
    [{ fact: 'ACCEPTS_CAMPAIGNS', text: 'accepts e-mails of campaigns' }],
    [{ fact: 'ACCEPTS_CAMPAIGNS', text: 'accepts no e-mails of campaigns' }],
  ])
})

test('a member has a reason for each condition, other customers have none', () => {
  const rule = [spent('100'), last(90), list('COUNTRY', ['DE', 'AT']), list('CATEGORY', ['cat_bed'], true)]
  expect(evaluate(rule, facts, now).reasons).toEqual([
    { fact: 'SPENT', text: 'spent 129.90 EUR, at least 100 EUR' },
    { fact: 'DAYS_SINCE_LAST_ORDER', text: 'last order on 2026-08-30, at least 90 days ago' },
    { fact: 'COUNTRY', text: 'country: DE' },
    { fact: 'CATEGORY', text: 'categories bought: none of cat_bed' },
  ])
  expect(evaluate([...rule, number('ORDERS', 9)], facts, now)).toMatchObject({ isMember: false, reasons: [] })
})

describe('alternatives', () => {
  const yes = number('ORDERS', 3)
  const no = number('ORDERS', 4)
  test.each([
    [[{ anyOf: [no, yes] }], true],
    [[{ anyOf: [no, no] }], false],
    [[yes, { anyOf: [no, yes] }], true],
    [[no, { anyOf: [no, yes] }], false],
    [[{ anyOf: [yes, no] }, { anyOf: [no, yes] }], true],
    [[{ anyOf: [yes, yes] }, { anyOf: [no, no] }], false],
    [[{ anyOf: [list('CATEGORY', ['cat_bed']), list('COUNTRY', ['DE'])] }], true],
  ])('%j', (rule, holds) => {
    expect(evaluate(rule, facts, now).isMember).toBe(holds)
  })

  test('are explained by those that are met, and by no other', () => {
    const rule = [spent('100'), { anyOf: [no, list('COUNTRY', ['DE']), list('CATEGORY', ['cat_crew'])] }]
    expect(evaluate(rule, facts, now).reasons).toEqual([
      { fact: 'SPENT', text: 'spent 129.90 EUR, at least 100 EUR' },
      { fact: 'COUNTRY', text: 'country: DE' },
      { fact: 'CATEGORY', text: 'categories bought: cat_crew' },
    ])
  })

  test('change with time, also while another one is met', () => {
    expect(evaluate([{ anyOf: [yes, last(91)] }], facts, now)).toMatchObject({
      isMember: true,
      changesAt: daysAgo(-1),
    })
  })
})

describe('a category', () => {
  const paths = new Map([
    ['cat_crew', ['cat_crew', 'cat_everyday', 'cat_all']],
    ['cat_ankle', ['cat_ankle', 'cat_everyday']],
  ])
  test.each([
    [list('CATEGORY', ['cat_everyday']), true],
    [list('CATEGORY', ['cat_all', 'cat_bed']), true],
    [list('CATEGORY', ['cat_bed']), false],
    [list('CATEGORY', ['cat_all'], true), false],
    [list('CATEGORY', ['cat_bed'], true), true],
  ])('above those that were bought: %j', (condition, holds) => {
    expect(evaluate([condition], facts, now, paths).isMember).toBe(holds)
  })

  test('includes its subcategories', () => {
    expect(evaluate([list('CATEGORY', ['cat_everyday', 'cat_ankle'])], facts, now, paths).reasons).toEqual([
      { fact: 'CATEGORY', text: 'categories bought: cat_everyday by cat_crew below it, cat_ankle' },
    ])
  })
})

describe('time alone changes a condition about days', () => {
  test.each<[string, Condition[], number, Date | null]>([
    ['when the least is reached', [last(91)], 0, daysAgo(-1)],
    ['when the most is exceeded', [last(null, 90)], 0, daysAgo(-1)],
    ['at the first of several instants', [last(null, 100), last(95)], 0, daysAgo(-5)],
    ['never again once all have passed', [last(90, 89)], 0, null],
    ['one millisecond before the day is full', [last(90)], -1, new Date(now.getTime() + 1)],
  ])('%s', (_, rule, ms, changesAt) => {
    const verdict = evaluate(rule, { ...facts, lastOrderAt: daysAgo(90, ms) }, now)
    expect(verdict.changesAt).toEqual(changesAt)
    if (!changesAt) return
    const before = evaluate(
      rule,
      { ...facts, lastOrderAt: daysAgo(90, ms) },
      new Date(changesAt.getTime() - 1),
    )
    expect(before.isMember).toBe(verdict.isMember)
  })

  test('in no other condition', () => {
    expect(evaluate([spent('1'), number('ORDERS', 1)], facts, now).changesAt).toBeNull()
  })
})

test('amounts are shown in each currency', () => {
  expect(spentAmounts(facts.spent)).toEqual([
    { amount: '129.90', currencyCode: 'EUR' },
    { amount: '5000', currencyCode: 'JPY' },
  ])
})
