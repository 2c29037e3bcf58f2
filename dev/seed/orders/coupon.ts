import { type Prices, pricesAt, type SeedCurrency } from '../catalogue/price-ladder.ts'
import { DAY, type Plan, SHOP_AGE } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'

export type CouponRow = {
  id: string
  code: string
  percentBasisPoints: number | null
  fixed: Prices | null
  minimum: Prices | null
  startsAt: number | null
  expiresAt: number | null
  usageLimit: number | null
  usageLimitPerCustomer: number | null
  active: boolean
  createdAt: number
}

/** Places in TERMS of the coupons that orders use. */
export const WELCOME = 0
export const BASKET = 1

type Terms = Omit<CouponRow, 'id' | 'createdAt'>

const none = {
  percentBasisPoints: null,
  fixed: null,
  minimum: null,
  startsAt: null,
  expiresAt: null,
  usageLimit: null,
  usageLimitPerCustomer: null,
  active: true,
}

/**
 * One coupon of each kind: percent, fixed, minimum, limited, expired, ended. A further one comes last: ids and
 * instants follow the index.
 */
const TERMS: readonly ((plan: Plan) => Terms)[] = [
  () => ({ ...none, code: 'WELCOME10', percentBasisPoints: 1_000, usageLimitPerCustomer: 1 }),
  () => ({ ...none, code: 'FIVEOFF', fixed: { USD: 500, EUR: 500, JPY: 800 }, minimum: pricesAt(12) }),
  ({ today }) => ({
    ...none,
    code: 'LASTWINTER',
    percentBasisPoints: 2_000,
    startsAt: today - 300 * DAY,
    expiresAt: today - 240 * DAY,
  }),
  ({ today }) => ({
    ...none,
    code: 'FIRST100',
    percentBasisPoints: 1_500,
    usageLimit: 100,
    expiresAt: today + 60 * DAY,
  }),
  () => ({ ...none, code: 'MOTHS', percentBasisPoints: 5_000, active: false }),
]

export const COUPONS = TERMS.length

export function coupon(plan: Plan, index: number): CouponRow {
  const terms = TERMS[index]?.(plan)
  if (!terms) throw new Error(`There are coupons 0 to ${COUPONS - 1}, not ${index}.`)
  const createdAt = plan.today - SHOP_AGE - 10 * DAY + index * 60_000
  return { id: seedId('cpn', plan.seed, index, createdAt), ...terms, createdAt }
}

/** The discount of a coupon on a subtotal, in minor units; percentages round down, in the shop's favour. */
export function discountOf(coupon: CouponRow, currency: SeedCurrency, subtotal: number): number {
  if (coupon.minimum && subtotal < coupon.minimum[currency]) return 0
  if (coupon.fixed) return Math.min(coupon.fixed[currency], subtotal)
  return Math.floor((subtotal * (coupon.percentBasisPoints ?? 0)) / 10_000)
}
