// Tested in ../bad-input.int.test.ts: one table has the bad values of all inputs.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { BadAmount, CURRENCIES, type Currency, type Money, parseAmount } from '@argyle/kit/money'
import { lineOfText } from '@argyle/kit/text'
import {
  idempotencyKeySchema,
  type ValidationError,
  validationError,
  versionSchema,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import { countryCodeSchema, postalPrefixSchema } from '../destination.ts'
import { areaNamedTwice, areaText } from './rate.ts'

/** Areas of a zone. Lists that staff maintain are read as a whole. */
export const MAX_AREAS = 500
/** Zones. */
export const MAX_ZONES = 200
/** Methods. */
export const MAX_METHODS = 100
/** Rates of a zone. */
export const MAX_RATES_PER_ZONE = 500
const HEAVIEST_GRAMS = 1_000_000_000
/** Days of a delivery. */
const MAX_DAYS = 90

const areas = z
  .array(z.object({ countryCode: countryCodeSchema, postalCodePrefix: postalPrefixSchema }))
  .superRefine((list, context) => {
    const problem = (message: string, input: unknown) => context.addIssue({ code: 'custom', message, input })
    if (list.length > MAX_AREAS) return problem(`at most ${MAX_AREAS} areas`, `${list.length} areas`)
    const twice = areaNamedTwice(list)
    if (twice) problem('each area once', areaText(twice))
  })

const key = { idempotencyKey: idempotencyKeySchema }
const version = { expectedVersion: versionSchema }
const days = z.int().min(1).max(MAX_DAYS)

export const createShippingZoneInput = z.object({ ...key, name: lineOfText(100), areas })

export const updateShippingZoneInput = z.object({
  ...version,
  id: idSchema('zon'),
  name: lineOfText(100).nullish(),
  areas: areas.nullish(),
})

export const createShippingMethodInput = z.object({
  ...key,
  carrier: lineOfText(60),
  service: lineOfText(60),
  speed: z.enum(['ECONOMY', 'STANDARD', 'EXPRESS']),
})

export const updateShippingMethodInput = z.object({ ...version, id: idSchema('smt'), active: z.boolean() })

export const createShippingRateInput = z.object({
  ...key,
  zoneId: idSchema('zon'),
  methodId: idSchema('smt'),
  upToGrams: z.int().min(1).max(HEAVIEST_GRAMS),
  price: z.object({ amount: z.string(), currencyCode: z.enum(CURRENCIES) }),
  estimatedDays: days,
})

export const updateShippingRateInput = z.object({
  ...version,
  id: idSchema('rat'),
  amount: z.string().nullish(),
  estimatedDays: days.nullish(),
  active: z.boolean().nullish(),
})

export type CreateZone = z.output<typeof createShippingZoneInput>
export type UpdateZone = z.output<typeof updateShippingZoneInput>
export type CreateMethod = z.output<typeof createShippingMethodInput>
export type UpdateMethod = z.output<typeof updateShippingMethodInput>
export type CreateRate = z.output<typeof createShippingRateInput>
export type UpdateRate = z.output<typeof updateShippingRateInput>

/** Parses a price: 0 or more, exact in its currency. */
export function readPrice(
  amount: string,
  currency: Currency,
  path: string[],
): Decision<Money, ValidationError> {
  try {
    const price = parseAmount(amount, currency)
    if (price.minor >= 0n) return accept(price)
    return refuse(validationError(`${path.join('.')} is ${amount}: allowed is 0 or more`, path))
  } catch (error) {
    if (error instanceof BadAmount) return refuse(validationError(error.message, path))
    throw error
  }
}
