import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, type UserError, type ValidationError } from '@argyle/kit/user-errors'
import type { CouponStatus } from '../coupon/coupon.ts'
import type { Cart } from './cart.ts'
import { type HeldCoupon, type OfferedLine, priceCart } from './pricing.ts'

export type CouponNotApplicableError = UserError & {
  readonly __typename: 'CouponNotApplicableError'
  readonly status: CouponStatus
}

/** What a status means for the customer. */
const REASONS: Record<Exclude<CouponStatus, 'APPLICABLE'>, string> = {
  INACTIVE: 'it has ended',
  NOT_STARTED: 'it has not begun yet',
  EXPIRED: 'it has expired',
  WRONG_CURRENCY: "it is not meant for the cart's currency",
  BELOW_MINIMUM: 'the subtotal of the cart is below its minimum',
  USED_UP: 'it has been used as often as it may be',
  CUSTOMER_LIMIT_REACHED: 'you have used it as often as you may',
}

/** Puts a coupon on a cart, in the place of the one before, if it takes something off there now. */
export function putCoupon(
  cart: Cart,
  lines: readonly OfferedLine[],
  { code, held, now }: { code: string; held: HeldCoupon | null; now: Date },
): Decision<Cart, CouponNotApplicableError | ValidationError> {
  if (!held) return refuse(notFound('coupon', code, ['code']))
  const [discount] = priceCart(lines, { currency: cart.currency, held, now }).discounts
  const status = discount?.status ?? 'APPLICABLE'
  if (status !== 'APPLICABLE') {
    const message = `coupon "${held.coupon.code}" takes nothing off: ${REASONS[status]}`
    return refuse({ __typename: 'CouponNotApplicableError', message, path: ['code'], status })
  }
  return accept(cart.couponId === held.coupon.id ? cart : { ...cart, couponId: held.coupon.id })
}
