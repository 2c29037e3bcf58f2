// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import { pricesOn } from '../catalogue/offer.ts'
import type { SeedCurrency } from '../catalogue/price-ladder.ts'
import { design } from '../catalogue/product.ts'
import { variant } from '../catalogue/variant.ts'
import { type AddressRow, address } from '../customers/address.ts'
import { type Life, life, type Purchase } from '../customers/life.ts'
import { currencyOf, userId } from '../customers/user.ts'
import type { Plan } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { servingLevel } from '../stock/stock-level.ts'
import { BASKET, coupon, discountOf, WELCOME } from './coupon.ts'
import { customerOfOrder, placedAt } from './order-time.ts'

export type OrderRow = {
  id: string
  cartId: string
  reservationId: string
  index: number
  customer: number
  customerId: string
  currency: SeedCurrency
  status: 'CONFIRMED' | 'CANCELLED'
  /** Customers cancelled the seeded orders before the stock was taken. */
  cancelReason: 'CUSTOMER_REQUEST' | null
  couponIndex: number | null
  placedAt: number
  settledAt: number
  subtotal: number
  discount: number
  total: number
  address: AddressRow
  lines: readonly OrderLineRow[]
}

export type OrderLineRow = {
  id: string
  productId: string
  variantId: string
  variant: number
  stockLevel: number
  title: string
  sku: string
  quantity: number
  unitPrice: number
  lineTotal: number
  /** The line's share of the order's discount; the shares add up to it. */
  discount: number
}

/** The n-th order of the shop, the oldest being 0. */
export function order(plan: Plan, index: number): OrderRow {
  const customer = customerOfOrder(plan, index)
  const found = ordersBy(plan, customer, life(plan, customer)).find((candidate) => candidate.index === index)
  if (!found) throw new Error(`Order ${index} is missing from its customer's life.`)
  return found
}

export function orderId(plan: Plan, index: number): string {
  return seedId('ord', plan.seed, index, placedAt(plan, index))
}

/** All orders of one person, the oldest first. */
export function ordersBy(plan: Plan, customer: number, lived: Life): OrderRow[] {
  return lived.orders.map((purchase, place) => orderOf(plan, customer, purchase, place === 0))
}

function orderOf(plan: Plan, customer: number, purchase: Purchase, first: boolean): OrderRow {
  const random = chance(plan.seed, 'order', purchase.index)
  const currency = currencyOf(plan, customer)
  const lines = purchase.lines.map((line, place) => {
    const unitPrice = pricesOn(plan, line.variant, purchase.placedAt)[currency]
    const { sku, title, id, productId } = variant(plan, line.variant)
    return {
      id: seedId('oln', plan.seed, purchase.index * 8 + place, purchase.placedAt),
      productId,
      variantId: id,
      variant: line.variant,
      stockLevel: servingLevel(line.variant, currency),
      title: `${design(plan, line.product).title}, ${title}`,
      sku,
      quantity: line.quantity,
      unitPrice,
      lineTotal: unitPrice * line.quantity,
    }
  })
  const subtotal = lines.reduce((sum, line) => sum + line.lineTotal, 0)
  const couponIndex = couponFor(plan, { first, flip: random.next(), currency, subtotal })
  const discount = couponIndex === null ? 0 : discountOf(coupon(plan, couponIndex), currency, subtotal)
  const shares = allocateStock(
    discount,
    lines.map((line) => line.lineTotal),
  )
  return {
    id: orderId(plan, purchase.index),
    cartId: seedId('crt', plan.seed, SPENT_CARTS + purchase.index, purchase.placedAt),
    reservationId: seedId('res', plan.seed, purchase.index, purchase.placedAt + 20),
    index: purchase.index,
    customer,
    customerId: userId(plan, customer),
    currency,
    status: purchase.cancelled ? 'CANCELLED' : 'CONFIRMED',
    cancelReason: purchase.cancelled ? 'CUSTOMER_REQUEST' : null,
    couponIndex,
    placedAt: purchase.placedAt,
    settledAt: purchase.placedAt + random.between(300, 4_000),
    subtotal,
    discount,
    total: subtotal - discount,
    address: address(plan, customer),
    lines: lines.map((line, place) => ({ ...line, discount: shares[place] ?? 0 })),
  }
}

/** Distinct from the indexes of open carts. The carts themselves have been swept. */
const SPENT_CARTS = 100_000_000

type Till = { first: boolean; flip: number; currency: SeedCurrency; subtotal: number }

/** A third of the first orders use the welcome coupon, one in twelve of the later ones the basket coupon where it applies. */
function couponFor(plan: Plan, { first, flip, currency, subtotal }: Till): number | null {
  const index = first ? WELCOME : BASKET
  const uses = flip < (first ? 1 / 3 : 1 / 12)
  return uses && discountOf(coupon(plan, index), currency, subtotal) > 0 ? index : null
}

/** Splits an amount by weight, to the last minor unit: largest remainders first, earlier lines first among equals. */
export function allocateStock(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => Math.floor((amount * weight) / total))
  const byRemainder = weights
    .map((weight, place) => ({ place, remainder: (amount * weight) % total }))
    .sort((left, right) => right.remainder - left.remainder || left.place - right.place)
  const left = amount - shares.reduce((sum, share) => sum + share, 0)
  for (const { place } of byRemainder.slice(0, left)) shares[place] = (shares[place] ?? 0) + 1
  return shares
}
