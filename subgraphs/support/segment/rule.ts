import { CURRENCIES, type Currency, formatMoney, money, parseAmount } from '@argyle/kit/money'

const DAY_MS = 86_400_000

/** Facts that are whole numbers, with the greatest value of a condition. */
export const NUMBER_FACTS = {
  ORDERS: 1_000_000,
  DAYS_SINCE_FIRST_ORDER: 36_500,
  DAYS_SINCE_LAST_ORDER: 36_500,
  RECENCY_SCORE: 5,
  FREQUENCY_SCORE: 5,
  MONETARY_SCORE: 5,
} as const
export type NumberFact = keyof typeof NUMBER_FACTS
export type ListFact = 'COUNTRY' | 'CATEGORY'
export type FactName = NumberFact | ListFact | 'SPENT' | 'ACCEPTS_CAMPAIGNS'

/** A condition of a segment. Bounds are inclusive; null restricts nothing. */
export type Condition =
  | {
      readonly fact: NumberFact
      readonly atLeast: number | null
      readonly atMost: number | null
    }
  | {
      readonly fact: 'SPENT'
      readonly currencyCode: Currency
      /** Decimals. */
      readonly atLeast: string | null
      readonly atMost: string | null
    }
  | { readonly fact: ListFact; readonly in: readonly string[]; readonly isNot: boolean }
  | { readonly fact: 'ACCEPTS_CAMPAIGNS'; readonly is: boolean }

/** Alternatives: at least one of the conditions is met. */
export type Alternatives = { readonly anyOf: readonly Condition[] }

/** The rule of a segment: a member meets each condition, and one of each alternatives. */
export type Rule = readonly (Condition | Alternatives)[]

/** The categories above each one, itself first. A category that is left out has none above it. */
export type CategoryPaths = ReadonlyMap<string, readonly string[]>

/** The facts of a customer, from the copies of sales, products and consents. */
export type Facts = {
  readonly orders: number
  readonly firstOrderAt: Date | null
  readonly lastOrderAt: Date | null
  /** Destination of the newest order. */
  readonly countryCode: string | null
  /** Amounts of goods after discounts and refunds, in minor units, by currency. */
  readonly spent: Readonly<Record<string, string>>
  /** Categories of the products that were bought. */
  readonly categories: readonly string[]
  readonly acceptsCampaigns: boolean
  /** 1 to 5; null without an order, or before the first scale. */
  readonly recencyScore: number | null
  readonly frequencyScore: number | null
  readonly monetaryScore: number | null
}

/** Why a customer is a member, for staff. */
export type Reason = { readonly fact: FactName; readonly text: string }

/**
 * Whether a customer is a member, and the next instant at which the passing of time may change that; null:
 * never.
 */
export type Verdict = {
  readonly isMember: boolean
  readonly reasons: readonly Reason[]
  readonly changesAt: Date | null
}

type Finding = { readonly holds: boolean; readonly text: string; readonly changesAt?: Date | null }

/** The conditions of a part of a rule, of which one has to hold. */
const alternativesOf = (part: Condition | Alternatives) => ('anyOf' in part ? part.anyOf : [part])

/** Evaluates a rule, which holds if each of its parts holds. A condition about an unknown fact does not hold. */
export function evaluate(rule: Rule, facts: Facts, now: Date, paths: CategoryPaths = new Map()): Verdict {
  const parts = rule.map((part) =>
    alternativesOf(part).map((condition) => ({
      fact: condition.fact,
      ...find(condition, facts, now, paths),
    })),
  )
  const changes = parts.flat().flatMap(({ changesAt }) => (changesAt ? [changesAt] : []))
  const isMember = parts.every((findings) => findings.some(({ holds }) => holds))
  const held = parts.flat().filter(({ holds }) => holds)
  return {
    isMember,
    reasons: isMember ? held.map(({ fact, text }) => ({ fact, text })) : [],
    changesAt: changes.length > 0 ? new Date(Math.min(...changes.map(Number))) : null,
  }
}

function find(condition: Condition, facts: Facts, now: Date, paths: CategoryPaths): Finding {
  switch (condition.fact) {
    case 'ORDERS':
      return numberFinding('orders', facts.orders, condition)
    case 'DAYS_SINCE_FIRST_ORDER':
      return ageFinding('first order', facts.firstOrderAt, condition, now)
    case 'DAYS_SINCE_LAST_ORDER':
      return ageFinding('last order', facts.lastOrderAt, condition, now)
    case 'RECENCY_SCORE':
      return numberFinding('recency score', facts.recencyScore, condition)
    case 'FREQUENCY_SCORE':
      return numberFinding('frequency score', facts.frequencyScore, condition)
    case 'MONETARY_SCORE':
      return numberFinding('monetary score', facts.monetaryScore, condition)
    case 'SPENT':
      return spentFinding(facts, condition)
    case 'COUNTRY': {
      const known = facts.countryCode === null ? null : [facts.countryCode]
      return listFinding('country', known, condition)
    }
    case 'CATEGORY':
      return categoryFinding(facts.categories, condition, paths)
    case 'ACCEPTS_CAMPAIGNS': {
      const text = facts.acceptsCampaigns ? 'accepts e-mails of campaigns' : 'accepts no e-mails of campaigns'
      return { holds: facts.acceptsCampaigns === condition.is, text }
    }
  }
}

type Bounds<T> = { readonly atLeast: T | null; readonly atMost: T | null }

function allowedText({ atLeast, atMost }: Bounds<number | string>, unit = ''): string {
  const from = atLeast === null ? [] : [`at least ${atLeast}${unit}`]
  const to = atMost === null ? [] : [`at most ${atMost}${unit}`]
  return [...from, ...to].join(' and ')
}

const within = <T extends number | bigint>(value: T, { atLeast, atMost }: Bounds<T>) =>
  (atLeast === null || value >= atLeast) && (atMost === null || value <= atMost)

function numberFinding(name: string, value: number | null, bounds: Bounds<number>): Finding {
  if (value === null) return { holds: false, text: `${name} unknown` }
  return { holds: within(value, bounds), text: `${name}: ${value}, ${allowedText(bounds)}` }
}

/**
 * The age in whole days. Since it grows, the condition changes when the age reaches `atLeast` and when it
 * exceeds `atMost`.
 */
function ageFinding(name: string, at: Date | null, bounds: Bounds<number>, now: Date): Finding {
  if (at === null) return { holds: false, text: `no ${name}` }
  const days = Math.floor((now.getTime() - at.getTime()) / DAY_MS)
  const { atLeast, atMost } = bounds
  const turns = [atLeast, atMost === null ? null : atMost + 1]
    .flatMap((count) => (count === null ? [] : [at.getTime() + count * DAY_MS]))
    .filter((turn) => turn > now.getTime())
  return {
    holds: within(days, bounds),
    text: `${name} on ${at.toISOString().slice(0, 10)}, ${allowedText(bounds, ' days ago')}`,
    changesAt: turns.length > 0 ? new Date(Math.min(...turns)) : null,
  }
}

function spentFinding({ spent }: Facts, condition: Extract<Condition, { fact: 'SPENT' }>): Finding {
  const { currencyCode, atLeast, atMost } = condition
  const value = BigInt(spent[currencyCode] ?? '0')
  const minorOf = (amount: string | null) =>
    amount === null ? null : parseAmount(amount, currencyCode).minor
  const bounds = { atLeast: minorOf(atLeast), atMost: minorOf(atMost) }
  const { amount } = formatMoney(money(value, currencyCode))
  const text = `spent ${amount} ${currencyCode}, ${allowedText({ atLeast, atMost }, ` ${currencyCode}`)}`
  return { holds: within(value, bounds), text }
}

function listFinding(
  name: string,
  known: readonly string[] | null,
  { in: wanted, isNot }: Extract<Condition, { fact: ListFact }>,
): Finding {
  if (known === null) return { holds: false, text: `${name} unknown` }
  const found = known.filter((one) => wanted.includes(one))
  const text = isNot ? `${name}: none of ${wanted.join(', ')}` : `${name}: ${found.join(', ')}`
  return { holds: found.length > 0 !== isNot, text }
}

/** A category counts as bought if a product in it, or in a category below it, was bought. */
function categoryFinding(
  bought: readonly string[],
  { in: wanted, isNot }: Extract<Condition, { fact: ListFact }>,
  paths: CategoryPaths,
): Finding {
  const found = bought.flatMap((id) => {
    const category = [id, ...(paths.get(id) ?? [])].find((one) => wanted.includes(one))
    if (category === undefined) return []
    return [category === id ? id : `${category} by ${id} below it`]
  })
  const text = isNot ? `none of ${wanted.join(', ')}` : found.join(', ')
  return { holds: found.length > 0 !== isNot, text: `categories bought: ${text}` }
}

/** The amounts that a customer spent, for the schema. */
export function spentAmounts(spent: Facts['spent']) {
  return CURRENCIES.flatMap((currency) => {
    const minor = spent[currency]
    return minor === undefined ? [] : [formatMoney(money(BigInt(minor), currency))]
  })
}
