import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES } from '@argyle/kit/money'
import type { ValidationError } from '@argyle/kit/user-errors'
import {
  idempotencyKeySchema,
  MIN_GUEST_KEY_LENGTH,
  validate,
  validationError,
  versionSchema,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import { codeSchema } from '../coupon/coupon-input.ts'
import { MAX_UNITS } from './cart.ts'
import type { NewLine } from './cart-store.ts'

const cartSchema = z.object({ cartId: idSchema('crt'), expectedVersion: versionSchema })
const lineSchema = cartSchema.extend({ lineId: idSchema('cln') })
const quantitySchema = lineSchema.extend({ quantity: z.int().min(0).max(MAX_UNITS) })
const couponSchema = cartSchema.extend({ code: codeSchema })
const claimSchema = z.object({ idempotencyKey: idempotencyKeySchema, cartId: idSchema('crt') })
const addSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  cartId: idSchema('crt').nullish(),
  expectedVersion: versionSchema.nullish(),
  variantId: idSchema('var'),
  quantity: z.int().min(1).max(MAX_UNITS),
  currencyCode: z.enum(CURRENCIES).nullish(),
})

/**
 * Validates the input of addCartLine.
 * @param isGuest whether the caller has no account; the idempotency key alone then identifies a new cart
 */
export function readAddCartLine(input: unknown, isGuest: boolean): Decision<NewLine, ValidationError> {
  const checked = validate(addSchema, input)
  if (!checked.ok) return checked
  const { cartId = null, expectedVersion = null, currencyCode = null, ...rest } = checked.value
  const { idempotencyKey } = rest
  if (isGuest && cartId === null && idempotencyKey.length < MIN_GUEST_KEY_LENGTH) {
    const message = `idempotencyKey has ${idempotencyKey.length} characters: allowed is at least ${MIN_GUEST_KEY_LENGTH} where it begins a guest cart, e.g. a UUID`
    return refuse(validationError(message, ['idempotencyKey']))
  }
  return accept({ ...rest, cartId, expectedVersion, currencyCode })
}

/** Validation of the other cart mutations' inputs. */
export const readCart = (input: unknown) => validate(cartSchema, input)
export const readCartLine = (input: unknown) => validate(lineSchema, input)
export const readCartLineQuantity = (input: unknown) => validate(quantitySchema, input)
export const readCartCoupon = (input: unknown) => validate(couponSchema, input)
export const readClaim = (input: unknown) => validate(claimSchema, input)
