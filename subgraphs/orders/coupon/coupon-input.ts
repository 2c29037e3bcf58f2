// Tested in ../bad-input.int.test.ts: one table has the bad values of all inputs.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES, type Currency } from '@argyle/kit/money'
import {
  idempotencyKeySchema,
  type ValidationError,
  validate,
  validationError,
  versionSchema,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import { readAmount } from '../amount-input.ts'
import { normalCode, type PerCurrency } from './coupon.ts'
import type { NewCoupon } from './coupon-store.ts'

/** Maximum number of uses: practically unlimited, and far below the column's range. */
const MAX_USES = 1_000_000_000

const limitSchema = z.int().min(1).max(MAX_USES).nullish()
const amountsSchema = z.array(z.object({ amount: z.string(), currencyCode: z.enum(CURRENCIES) })).nullish()

/** A code in its stored form, in capitals. Validated before, since some letters have no single capital. */
export const codeSchema = z
  .string()
  .refine((code) => /^[A-Za-z0-9-]{3,32}$/.test(code.trim()), {
    error: '3 to 32 letters, digits and hyphens',
  })
  .transform(normalCode)

const createSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  code: codeSchema,
  percentBasisPoints: z.int().min(1).max(10_000).nullish(),
  fixedAmounts: amountsSchema,
  minimumSubtotals: amountsSchema,
  startsAt: z.date().nullish(),
  expiresAt: z.date().nullish(),
  usageLimit: limitSchema,
  usageLimitPerCustomer: limitSchema,
})

const deactivateSchema = z.object({ couponId: idSchema('cpn'), expectedVersion: versionSchema })

type Amounts = z.output<typeof amountsSchema>

/** Parses amounts above zero, at most one per currency. */
function readAmounts(field: string, amounts: Amounts): Decision<PerCurrency, ValidationError> {
  const read: Partial<Record<Currency, bigint>> = {}
  const errors: ValidationError[] = []
  for (const [index, { amount, currencyCode }] of (amounts ?? []).entries()) {
    const path = [field, String(index), 'amount']
    const parsed = readAmount(amount, currencyCode, path)
    if (!parsed.ok) errors.push(...parsed.errors)
    else if (parsed.value.minor <= 0n)
      errors.push(validationError(`${field} has ${amount} ${currencyCode}: allowed is more than 0`, path))
    else if (read[currencyCode] !== undefined)
      errors.push(validationError(`${field} names ${currencyCode} twice: allowed is once`, path))
    else read[currencyCode] = parsed.value.minor
  }
  return errors.length > 0 ? refuse(...errors) : accept(read)
}

/** Validates the input of createCoupon. */
export function readCreateCoupon(input: unknown): Decision<NewCoupon, ValidationError> {
  const checked = validate(createSchema, input)
  if (!checked.ok) return checked
  const { percentBasisPoints, fixedAmounts, minimumSubtotals, startsAt, expiresAt, ...rest } = checked.value
  const off = readAmounts('fixedAmounts', fixedAmounts)
  const minimums = readAmounts('minimumSubtotals', minimumSubtotals)
  const errors = [...(off.ok ? [] : off.errors), ...(minimums.ok ? [] : minimums.errors)]
  const isFixed = (fixedAmounts?.length ?? 0) > 0
  if (isFixed === (percentBasisPoints != null)) {
    errors.push(
      validationError('the discount: allowed is exactly one of percentBasisPoints and fixedAmounts', [
        'percentBasisPoints',
      ]),
    )
  }
  if (startsAt && expiresAt && expiresAt <= startsAt) {
    const message = `expiresAt is ${expiresAt.toISOString()}: allowed is after startsAt, ${startsAt.toISOString()}`
    errors.push(validationError(message, ['expiresAt']))
  }
  if (!off.ok || !minimums.ok || errors.length > 0) return refuse(...errors)
  return accept({
    idempotencyKey: rest.idempotencyKey,
    code: rest.code,
    discount:
      percentBasisPoints == null
        ? { kind: 'FIXED', off: off.value }
        : { kind: 'PERCENT', basisPoints: percentBasisPoints },
    minimums: minimums.value,
    startsAt: startsAt ?? null,
    expiresAt: expiresAt ?? null,
    usageLimit: rest.usageLimit ?? null,
    usageLimitPerCustomer: rest.usageLimitPerCustomer ?? null,
  })
}

/** Validates the input of deactivateCoupon. */
export function readDeactivateCoupon(input: unknown) {
  return validate(deactivateSchema, input)
}
