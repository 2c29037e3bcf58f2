import { SEED_CURRENCIES } from '../catalogue/price-ladder.ts'
import { instant, type TableRow, table } from '../database/copy-table.ts'
import { DAY, type Plan } from '../plan.ts'
import { rows } from '../row.ts'
import type { CouponRow } from './coupon.ts'

const coupon = table('coupon', [
  'id',
  'code',
  'basis_points',
  'starts_at',
  'expires_at',
  'usage_limit',
  'usage_limit_per_customer',
  'active',
  'created_at',
])
const couponAmount = table('coupon_amount', ['coupon_id', 'currency', 'off_minor', 'minimum_minor'])
const cart = table('cart', ['id', 'customer_id', 'state', 'currency', 'version', 'expires_at'])
const cartLine = table('cart_line', ['id', 'cart_id', 'variant_id', 'quantity', 'seen_minor', 'position'])

export const cartTables = [coupon, couponAmount, cart, cartLine]

export function* cartRows(plan: Plan): Generator<TableRow> {
  yield* coupons(plan)
  yield* carts(plan)
}

function* coupons(plan: Plan): Generator<TableRow> {
  const at = (moment: number | null) => (moment === null ? null : instant(moment))
  for (const row of rows(plan, 'coupon')) {
    yield coupon.row({
      id: row.id,
      code: row.code,
      basis_points: row.percentBasisPoints,
      starts_at: at(row.startsAt),
      expires_at: at(row.expiresAt),
      usage_limit: row.usageLimit,
      usage_limit_per_customer: row.usageLimitPerCustomer,
      active: row.active,
      created_at: instant(row.createdAt),
    })
    yield* amountsOf(row)
  }
}

function* amountsOf({ id, fixed, minimum }: CouponRow): Generator<TableRow> {
  if (!fixed && !minimum) return
  for (const currency of SEED_CURRENCIES)
    yield couponAmount.row({
      coupon_id: id,
      currency,
      off_minor: fixed?.[currency] ?? null,
      minimum_minor: minimum?.[currency] ?? null,
    })
}

/** Carts are deleted after a month without a change. */
const CART_DAYS = 30

function* carts(plan: Plan): Generator<TableRow> {
  for (const { id, customerId, currency, version, updatedAt, lines } of rows(plan, 'cart')) {
    const expiresAt = instant(updatedAt + CART_DAYS * DAY)
    yield cart.row({ id, customer_id: customerId, state: 'OPEN', currency, version, expires_at: expiresAt })
    for (const [place, line] of lines.entries())
      yield cartLine.row({
        id: line.id,
        cart_id: id,
        variant_id: line.variantId,
        quantity: line.quantity,
        seen_minor: line.seenPrice,
        position: place + 1,
      })
  }
}
