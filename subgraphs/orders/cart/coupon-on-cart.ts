import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { echo, type UserError, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { CouponStatus } from '../coupon/coupon.ts'
import type { Cart } from './cart.ts'
import { type HeldCoupon, type OfferedLine, priceCart } from './pricing.ts'

export type CouponNotApplicableError = UserError & {
  readonly __typename: 'CouponNotApplicableError'
  readonly status: CouponStatus
}

/** Messages to the customer by status. */
const REASONS: Record<Exclude<CouponStatus, 'APPLICABLE'>, string> = {
  INACTIVE: 'it has ended',
  NOT_STARTED: 'it has not begun yet',
  EXPIRED: 'it has expired',
  WRONG_CURRENCY: "it does not apply to the cart's currency",
  BELOW_MINIMUM: 'the subtotal of the cart is below its minimum',
  USED_UP: 'it has reached its maximum number of uses',
  CUSTOMER_LIMIT_REACHED: 'you have reached its maximum number of uses',
}

/**
 * Statuses of coupons that nobody can use now. They must not reveal to somebody who guesses codes that such a
 * coupon exists.
 */
const OF_NO_USE: ReadonlySet<CouponStatus> = new Set<CouponStatus>([
  'INACTIVE',
  'NOT_STARTED',
  'EXPIRED',
  'USED_UP',
])

function ofNoUse(code: string): ValidationError {
  const message = `code is ${echo(code)}: allowed is the code of a coupon that has begun, has not ended and is not used up`
  return validationError(message, ['code'])
}

/**
 * Applies a coupon to a cart, in place of the previous one, if it gives a discount now. A code that does not
 * exist is refused like one that nobody can use; only for the coupon that is already on the cart is the real
 * status returned.
 */
export function putCoupon(
  cart: Cart,
  lines: readonly OfferedLine[],
  { code, held, now }: { code: string; held: HeldCoupon | null; now: Date },
): Decision<Cart, CouponNotApplicableError | ValidationError> {
  if (!held) return refuse(ofNoUse(code))
  const [discount] = priceCart(lines, { currency: cart.currency, held, now }).discounts
  const status = discount?.status ?? 'APPLICABLE'
  const isOnCart = cart.couponId === held.coupon.id
  if (status === 'APPLICABLE') return accept(isOnCart ? cart : { ...cart, couponId: held.coupon.id })
  if (OF_NO_USE.has(status) && !isOnCart) return refuse(ofNoUse(code))
  const message = `coupon "${held.coupon.code}" gives no discount: ${REASONS[status]}`
  return refuse({ __typename: 'CouponNotApplicableError', message, path: ['code'], status })
}
