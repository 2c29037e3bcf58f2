// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { ordersByCustomer } from './customers/life-stream.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import { activityRows, activityTables } from './orders/activity.ts'
import { cartRows, cartTables } from './orders/cart-rows.ts'
import { coupon as couponOf } from './orders/coupon.ts'
import type { OrderRow } from './orders/order.ts'
import { readModelRows, readModelTables } from './orders/read-model-rows.ts'
import { seedOrderNumber } from './orders/seed-order-number.ts'
import { taxRows, taxTables } from './orders/tax.ts'
import type { Plan } from './plan.ts'

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
    ...[...readModelTables, ...taxTables, ...cartTables, ...activityTables],
    ...[orders, orderLine, statusChange, redemption],
  ],
  *rows(plan) {
    yield* readModelRows(plan)
    yield* taxRows(plan)
    yield* cartRows(plan)
    yield* activityRows(plan)
    for (const order of ordersByCustomer(plan)) yield* orderRows(plan, order)
  },
  afterwards: [
    `UPDATE coupon SET times_used = (
       SELECT count(*) FROM coupon_redemption WHERE coupon_id = coupon.id AND released_at IS NULL)`,
  ],
}

function* orderRows(plan: Plan, order: OrderRow): Generator<TableRow> {
  const couponRow = order.couponIndex === null ? null : couponOf(plan, order.couponIndex)
  const confirmed = order.status === 'CONFIRMED'
  const { address } = order
  yield orders.row({
    id: order.id,
    number: seedOrderNumber(plan, order.index),
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

/** For a cancelled order: the customer requested it first, then the shop released the stock. */
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
