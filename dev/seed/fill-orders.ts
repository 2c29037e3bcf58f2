import { orderNumber } from '@argyle/orders/order-number'
import { availability } from './availability.ts'
import { instant, type TableRow, table } from './copy-table.ts'
import { type CouponRow, coupon as couponOf } from './coupon.ts'
import type { Filling } from './filling.ts'
import { ordersByCustomer } from './life-stream.ts'
import type { OrderRow } from './order.ts'
import { DAY, type Plan } from './plan.ts'
import { CURRENCIES } from './price-ladder.ts'
import { design, product } from './product.ts'
import { rows } from './row.ts'
import { variantsOfProduct } from './variant-place.ts'

const knownProduct = table('known_product', ['product_id', 'sequence'])
const knownVariant = table('known_variant', ['variant_id', 'product_id', 'sku', 'title', 'listed'])
const variantPrice = table('variant_price', ['variant_id', 'currency', 'minor', 'sequence'])
const variantAvailability = table('variant_availability', ['variant_id', 'available', 'sequence'])
const customerAddress = table('customer_address', [
  'address_id',
  'customer_id',
  'recipient',
  'line1',
  'line2',
  'city',
  'region',
  'postal_code',
  'country_code',
  'removed',
  'sequence',
])
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
const orders = table('orders', [
  'id',
  'number',
  'customer_id',
  'cart_id',
  'status',
  'step',
  'version',
  'reservation_id',
  'cancel_reason',
  'currency',
  'subtotal_minor',
  'discount_minor',
  'shipping_minor',
  'tax_minor',
  'total_minor',
  'coupon_code',
  'ship_recipient',
  'ship_line1',
  'ship_line2',
  'ship_city',
  'ship_region',
  'ship_postal_code',
  'ship_country_code',
  'placed_at',
])
const orderLine = table('order_line', [
  'id',
  'order_id',
  'position',
  'variant_id',
  'product_id',
  'sku',
  'title',
  'unit_minor',
  'quantity',
  'discount_minor',
])
const statusChange = table('order_status_change', [
  'order_id',
  'version',
  'from_status',
  'to_status',
  'at',
  'actor',
])
const redemption = table('coupon_redemption', [
  'order_id',
  'coupon_id',
  'customer_id',
  'redeemed_at',
  'released_at',
])

export const fillOrders: Filling = {
  database: 'orders',
  tables: [
    knownProduct,
    knownVariant,
    variantPrice,
    variantAvailability,
    customerAddress,
    coupon,
    couponAmount,
    cart,
    cartLine,
    orders,
    orderLine,
    statusChange,
    redemption,
  ],
  *rows(plan) {
    yield* catalogue(plan)
    yield* addresses(plan)
    yield* coupons(plan)
    yield* carts(plan)
    for (const order of ordersByCustomer(plan)) yield* orderRows(plan, order)
  },
  afterwards: [
    `UPDATE coupon SET times_used = (
       SELECT count(*) FROM coupon_redemption WHERE coupon_id = coupon.id AND released_at IS NULL)`,
  ],
}

function* catalogue(plan: Plan): Generator<TableRow> {
  for (const { id, version } of rows(plan, 'product'))
    yield knownProduct.row({ product_id: id, sequence: version })
  let index = 0
  for (const variant of rows(plan, 'variant')) {
    const productIndex = variantsOfProduct.placeOf(index).member
    const { status, version } = product(plan, productIndex)
    yield knownVariant.row({
      variant_id: variant.id,
      product_id: variant.productId,
      sku: variant.sku,
      title: `${design(plan, productIndex).title} – ${variant.title}`,
      listed: status === 'ACTIVE',
    })
    for (const currency of CURRENCIES)
      yield variantPrice.row({
        variant_id: variant.id,
        currency,
        minor: variant.prices[currency],
        sequence: version,
      })
    yield variantAvailability.row({
      variant_id: variant.id,
      available: availability(plan, index).quantity,
      sequence: 1,
    })
    index++
  }
}

function* addresses(plan: Plan): Generator<TableRow> {
  for (const { id, userId, postalCode, countryCode, version, ...rest } of rows(plan, 'address')) {
    const { recipient, line1, line2, city, region } = rest
    yield customerAddress.row({
      address_id: id,
      customer_id: userId,
      recipient,
      line1,
      line2,
      city,
      region,
      postal_code: postalCode,
      country_code: countryCode,
      removed: false,
      sequence: version,
    })
  }
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
  for (const currency of CURRENCIES)
    yield couponAmount.row({
      coupon_id: id,
      currency,
      off_minor: fixed?.[currency] ?? null,
      minimum_minor: minimum?.[currency] ?? null,
    })
}

/** Thrown away when nobody touches them for a month. */
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

function* orderRows(plan: Plan, order: OrderRow): Generator<TableRow> {
  const couponRow = order.couponIndex === null ? null : couponOf(plan, order.couponIndex)
  const confirmed = order.status === 'CONFIRMED'
  const { address } = order
  yield orders.row({
    id: order.id,
    number: numberOf(plan, order.index),
    customer_id: order.customerId,
    cart_id: order.cartId,
    status: order.status,
    step: 'DONE',
    version: confirmed ? 2 : 3,
    reservation_id: confirmed ? order.reservationId : null,
    cancel_reason: order.cancelReason,
    currency: order.currency,
    subtotal_minor: order.subtotal,
    discount_minor: order.discount,
    shipping_minor: 0,
    tax_minor: 0,
    total_minor: order.total,
    coupon_code: couponRow?.code ?? null,
    ship_recipient: address.recipient,
    ship_line1: address.line1,
    ship_line2: address.line2,
    ship_city: address.city,
    ship_region: address.region,
    ship_postal_code: address.postalCode,
    ship_country_code: address.countryCode,
    placed_at: instant(order.placedAt),
  })
  yield* linesOf(order)
  yield* historyOf(order)
  if (couponRow)
    yield redemption.row({
      order_id: order.id,
      coupon_id: couponRow.id,
      customer_id: order.customerId,
      redeemed_at: instant(order.placedAt),
      released_at: confirmed ? null : instant(order.settledAt),
    })
}

function* linesOf({ id, lines }: OrderRow): Generator<TableRow> {
  for (const [place, line] of lines.entries())
    yield orderLine.row({
      id: line.id,
      order_id: id,
      position: place + 1,
      variant_id: line.variantId,
      product_id: line.productId,
      sku: line.sku,
      title: line.title,
      unit_minor: line.unitPrice,
      quantity: line.quantity,
      discount_minor: line.discount,
    })
}

/** A cancelled order's customer asked first, and the shop gave the stock back. */
function* historyOf({ id, status, placedAt, settledAt }: OrderRow): Generator<TableRow> {
  const change = (version: number, from: string | null, to: string, at: number, actor: 'customer' | 'shop') =>
    statusChange.row({ order_id: id, version, from_status: from, to_status: to, at: instant(at), actor })
  yield change(1, null, 'PENDING', placedAt, 'customer')
  if (status === 'CONFIRMED') yield change(2, 'PENDING', 'CONFIRMED', settledAt, 'shop')
  else {
    yield change(2, 'PENDING', 'CANCELLING', settledAt - 150, 'customer')
    yield change(3, 'CANCELLING', 'CANCELLED', settledAt, 'shop')
  }
}

/** Odd, so that multiplication modulo 2^35 sends every order to another number. */
const STRIDE = 22_801_763_489n

function numberOf(plan: Plan, index: number): string {
  return orderNumber((BigInt(index) * STRIDE + BigInt(plan.seed) * 1_000_003n) % (1n << 35n))
}
