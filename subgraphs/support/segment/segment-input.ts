// Tested in ../segment-input.int.test.ts: the test checks the mutations that refuse them.

import { isCountryCode } from '@argyle/kit/country'
import { allowedId, idSchema, isId } from '@argyle/kit/ids'
import {
  BadAmount,
  CURRENCIES,
  type Currency,
  decimalsOf,
  formatMoney,
  MAX_MINOR,
  money,
  parseAmount,
} from '@argyle/kit/money'
import { lineOfText, maybeLinesOfText } from '@argyle/kit/text'
import { echo, idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { type Condition, type ListFact, NUMBER_FACTS, type NumberFact } from './rule.ts'
import { MAX_ALTERNATIVES, MAX_CHOICES, MAX_CONDITIONS } from './segment.ts'

/** Values of a condition. */
const MAX_VALUES = 50

const FACTS = [
  'COUNTRY',
  'CATEGORY',
  'SPENT',
  'ACCEPTS_CAMPAIGNS',
  ...(Object.keys(NUMBER_FACTS) as NumberFact[]),
] as const

const maybe = <S extends z.ZodType>(schema: S) =>
  schema.nullish().transform((value) => (value ?? null) as z.output<S> | null)

const written = z.object({
  fact: z.enum(FACTS),
  atLeast: maybe(z.string()),
  atMost: maybe(z.string()),
  currencyCode: maybe(z.enum(CURRENCIES)),
  in: maybe(z.array(z.string()).min(1).max(MAX_VALUES)),
  isNot: maybe(z.boolean()),
  is: maybe(z.boolean()),
})
type Written = z.output<typeof written>

/** A fault of a condition: the field, its value, and the allowed value. */
type Fault = { readonly field: keyof Written; readonly allowed: string }

const FIELDS_OF = (fact: Written['fact']): readonly (keyof Written)[] => {
  switch (fact) {
    case 'COUNTRY':
    case 'CATEGORY':
      return ['in', 'isNot']
    case 'SPENT':
      return ['atLeast', 'atMost', 'currencyCode']
    case 'ACCEPTS_CAMPAIGNS':
      return ['is']
    default:
      return ['atLeast', 'atMost']
  }
}

function unusedFaults(given: Written): Fault[] {
  const used = FIELDS_OF(given.fact)
  const fields = (['atLeast', 'atMost', 'currencyCode', 'in', 'isNot', 'is'] as const).filter(
    (field) => given[field] !== null && !used.includes(field),
  )
  return fields.map((field) => ({ field, allowed: `nothing; ${given.fact} has ${used.join(', ')}` }))
}

function listFaults({ fact, in: values }: Written): Fault[] {
  if (values === null) return [{ field: 'in', allowed: `a list of 1 to ${MAX_VALUES} values` }]
  const isGood = fact === 'COUNTRY' ? isCountryCode : (value: string) => isId('cat', value)
  const bad = values.find((value) => !isGood(value))
  if (bad === undefined) return []
  const one = fact === 'COUNTRY' ? 'a code of ISO 3166-1 such as DE' : allowedId('cat', bad)
  return [{ field: 'in', allowed: `${one}, not ${echo(bad)}` }]
}

function boundFaults(given: Written, read: (text: string) => string | null, isBelow: boolean): Fault[] {
  const { atLeast, atMost } = given
  if (atLeast === null && atMost === null)
    return [{ field: 'atLeast', allowed: 'at least one of atLeast and atMost' }]
  const faults = (['atLeast', 'atMost'] as const).flatMap((field): Fault[] => {
    const text = given[field]
    const allowed = text === null ? null : read(text)
    return allowed === null ? [] : [{ field, allowed }]
  })
  if (faults.length > 0 || !isBelow) return faults
  return [{ field: 'atMost', allowed: `at least atLeast, ${atLeast}` }]
}

function readNumber(fact: NumberFact): (text: string) => string | null {
  const least = fact.endsWith('_SCORE') ? 1 : 0
  const most = NUMBER_FACTS[fact]
  return (text) =>
    /^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? null
      : `a whole number from ${least} to ${most}`
}

function readMoney(currency: Currency): (text: string) => string | null {
  return (text) => {
    try {
      return parseAmount(text, currency).minor < 0n ? 'an amount of 0 or more' : null
    } catch (error) {
      if (!(error instanceof BadAmount)) throw error
      const { amount } = formatMoney(money(MAX_MINOR, currency))
      return `an amount up to ${amount} ${currency} with at most ${decimalsOf(currency)} decimals`
    }
  }
}

const isBelow = ({ atLeast, atMost }: Written) =>
  atLeast !== null && atMost !== null && Number(atMost) < Number(atLeast)

function faultsOf(given: Written): Fault[] {
  const unused = unusedFaults(given)
  if (unused.length > 0) return unused
  switch (given.fact) {
    case 'COUNTRY':
    case 'CATEGORY':
      return listFaults(given)
    case 'ACCEPTS_CAMPAIGNS':
      return given.is === null ? [{ field: 'is', allowed: 'true or false' }] : []
    case 'SPENT':
      return given.currencyCode === null
        ? [{ field: 'currencyCode', allowed: CURRENCIES.join(', ') }]
        : boundFaults(given, readMoney(given.currencyCode), isBelow(given))
    default:
      return boundFaults(given, readNumber(given.fact), isBelow(given))
  }
}

function conditionOf({ fact, atLeast, atMost, currencyCode, in: values, isNot, is }: Written): Condition {
  const wholeNumber = (text: string | null) => (text === null ? null : Number(text))
  switch (fact) {
    case 'COUNTRY':
    case 'CATEGORY':
      return { fact: fact satisfies ListFact, in: [...new Set(values ?? [])], isNot: isNot ?? false }
    case 'SPENT':
      return { fact, currencyCode: currencyCode ?? 'USD', atLeast, atMost }
    case 'ACCEPTS_CAMPAIGNS':
      return { fact, is: is ?? true }
    default:
      return { fact, atLeast: wholeNumber(atLeast), atMost: wholeNumber(atMost) }
  }
}

const condition = written
  .superRefine((given, context) => {
    for (const { field, allowed } of faultsOf(given))
      context.addIssue({ code: 'custom', message: allowed, path: [field], input: given[field] ?? undefined })
  })
  .transform(conditionOf)

const alternatives = z.object({
  anyOf: z.array(condition).refine(({ length }) => length >= 2 && length <= MAX_CHOICES, {
    error: `2 to ${MAX_CHOICES} conditions`,
  }),
})

const content = {
  name: lineOfText(80),
  description: maybeLinesOfText(500)
    .nullish()
    .transform((value) => value ?? null),
  all: z.array(condition).refine(({ length }) => length <= MAX_CONDITIONS, {
    error: `1 to ${MAX_CONDITIONS} conditions`,
  }),
  alternatives: z
    .array(alternatives)
    .max(MAX_ALTERNATIVES)
    .nullish()
    .transform((value) => value ?? []),
}

type Conditions = { readonly all: readonly unknown[]; readonly alternatives: readonly unknown[] }

const NONE = `1 to ${MAX_CONDITIONS} conditions; none beside alternatives alone`

const ofConditions = <T extends z.ZodType<Conditions>>(schema: T) =>
  schema.superRefine(({ all, alternatives: groups }, context) => {
    if (all.length + groups.length === 0)
      context.addIssue({ code: 'custom', message: NONE, path: ['all'], input: all })
  })

export const createSegmentInput = ofConditions(z.object({ idempotencyKey: idempotencyKeySchema, ...content }))

const which = { id: idSchema('seg'), expectedVersion: versionSchema }
export const updateSegmentInput = ofConditions(z.object({ ...which, ...content }))
export const deleteSegmentInput = z.object(which)

export type CreateSegment = z.output<typeof createSegmentInput>
export type UpdateSegment = z.output<typeof updateSegmentInput>
export type DeleteSegment = z.output<typeof deleteSegmentInput>
