import { CURRENCIES, type Currency, type Money, money, percentOf } from '@argyle/kit/money'

/** The discount of a coupon: a share of the subtotal, or an amount in each of its currencies. */
export type Discount =
  | { readonly kind: 'PERCENT'; readonly basisPoints: number }
  | { readonly kind: 'FIXED'; readonly off: PerCurrency }

/** Minor units by currency; a currency may be missing. */
export type PerCurrency = Readonly<Partial<Record<Currency, bigint>>>

export type Coupon = {
  readonly id: string
  /** In capitals. */
  readonly code: string
  /** The customer who alone can use it; null: everybody. */
  readonly customerId: string | null
  readonly discount: Discount
  readonly minimums: PerCurrency
  readonly startsAt: Date | null
  readonly expiresAt: Date | null
  readonly usageLimit: number | null
  readonly usageLimitPerCustomer: number | null
  /** Number of orders that use it; cancelled ones do not count. */
  readonly timesUsed: number
  readonly active: boolean
  readonly version: number
  readonly createdAt: Date
}

export type CouponStatus =
  | 'APPLICABLE'
  | 'INACTIVE'
  | 'NOT_STARTED'
  | 'EXPIRED'
  | 'WRONG_CURRENCY'
  | 'BELOW_MINIMUM'
  | 'USED_UP'
  | 'CUSTOMER_LIMIT_REACHED'

/**
 * The use that a coupon is checked for. `usedByCustomer`: this customer's orders that use it; 0 for a guest.
 */
export type CouponUse = { readonly subtotal: Money; readonly usedByCustomer: number; readonly now: Date }

/** Whether a customer may use a coupon. For others a personal coupon does not exist. A guest has no id. */
export function isOpenToCustomer({ customerId }: Pick<Coupon, 'customerId'>, userId: string | null): boolean {
  return customerId === null || customerId === userId
}

/** Codes are compared in capitals, without spaces, which pasting may add. */
export function normalCode(code: string): string {
  return code.trim().toUpperCase()
}

/** Whether a coupon gives a discount on this subtotal now, or the first reason why not. */
export function judgeCoupon(coupon: Coupon, { subtotal, usedByCustomer, now }: CouponUse): CouponStatus {
  const { discount, minimums, startsAt, expiresAt, usageLimit, usageLimitPerCustomer } = coupon
  if (!coupon.active) return 'INACTIVE'
  if (startsAt && now < startsAt) return 'NOT_STARTED'
  if (expiresAt && now >= expiresAt) return 'EXPIRED'
  if (usageLimit !== null && coupon.timesUsed >= usageLimit) return 'USED_UP'
  if (usageLimitPerCustomer !== null && usedByCustomer >= usageLimitPerCustomer)
    return 'CUSTOMER_LIMIT_REACHED'
  if (discount.kind === 'FIXED' && discount.off[subtotal.currency] === undefined) return 'WRONG_CURRENCY'
  if (subtotal.minor < (minimums[subtotal.currency] ?? 0n)) return 'BELOW_MINIMUM'
  return 'APPLICABLE'
}

/** The discount of an applicable coupon, at most the subtotal. */
export function discountOf({ discount }: Coupon, subtotal: Money): Money {
  if (discount.kind === 'PERCENT') return percentOf(subtotal, discount.basisPoints)
  const off = discount.off[subtotal.currency] ?? 0n
  return money(off < subtotal.minor ? off : subtotal.minor, subtotal.currency)
}

/** Amounts per currency as a list, in the order of the shop's currencies. */
export function amountsOf(amounts: PerCurrency): Money[] {
  return CURRENCIES.flatMap((currency) => {
    const minor = amounts[currency]
    return minor === undefined ? [] : [money(minor, currency)]
  })
}
