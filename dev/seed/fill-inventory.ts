// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { ordersByCustomer } from './customers/life-stream.ts'
import { userId, WAREHOUSE_STAFF } from './customers/user.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import type { OrderRow } from './orders/order.ts'
import { type OrderBook, orderBook } from './orders/order-book.ts'
import { HOUR, type Plan } from './plan.ts'
import { seedId } from './random/seed-id.ts'
import { rows } from './row.ts'
import { availability } from './stock/availability.ts'
import { fellInStocktake, movements, type Sales, salesOf, stocktakeAt } from './stock/stock-ledger.ts'
import { levelsOf, stockLevel } from './stock/stock-level.ts'

const warehouse = table('warehouse', ['id', 'code', 'name', 'stocks_new_variants', 'created_at'])
const variant = table('variant', [
  'id',
  'availability_status',
  'available_quantity',
  'availability_sequence',
  'available_as_of',
])
const stockLevelTable = table('stock_level', [
  'id',
  'variant_id',
  'warehouse_id',
  'on_hand',
  'reserved',
  'incoming',
  'reorder_point',
  'version',
])
const stockMovement = table('stock_movement', [
  'stock_level_id',
  'kind',
  'on_hand_delta',
  'reserved_delta',
  'on_hand',
  'reserved',
  'order_id',
  'actor_id',
  'at',
])
const reservation = table('reservation', [
  'id',
  'order_id',
  'customer_id',
  'status',
  'expires_at',
  'version',
  'created_at',
])
const reservationLine = table('reservation_line', ['reservation_id', 'stock_level_id', 'quantity'])
const lowStockAlert = table('low_stock_alert', [
  'id',
  'stock_level_id',
  'available_quantity',
  'reorder_point',
  'raised_at',
  'acknowledged_at',
  'acknowledged_by',
])

export const fillInventory: Filling = {
  database: 'inventory',
  tables: [variant, warehouse, stockLevelTable, stockMovement, reservation, reservationLine, lowStockAlert],
  *rows(plan) {
    const book = orderBook(plan)
    const sales = salesOf(plan, book)
    yield* warehouses(plan)
    yield* variants(plan)
    yield* levels(plan, sales)
    yield* ledger(plan, book, sales)
    for (const order of ordersByCustomer(plan)) yield* reservationOf(plan, order)
    yield* alerts(plan)
  },
  afterwards: [
    `INSERT INTO stock_quarter (quarter, on_hand_delta, movements)
     SELECT date_bin('15 minutes', at, timestamptz '2000-01-01 00:00Z'), sum(on_hand_delta), count(*)
       FROM stock_movement WHERE on_hand_delta <> 0 GROUP BY 1`,
  ],
}

function* warehouses(plan: Plan): Generator<TableRow> {
  for (const { id, code, name, createdAt } of rows(plan, 'warehouse'))
    yield warehouse.row({
      id,
      code,
      name,
      stocks_new_variants: code === 'RTM-1',
      created_at: instant(createdAt),
    })
}

function* variants(plan: Plan): Generator<TableRow> {
  let index = 0
  for (const { id } of rows(plan, 'variant')) {
    const { status, quantity } = availability(plan, index++)
    yield variant.row({
      id,
      availability_status: status,
      available_quantity: quantity,
      availability_sequence: 1,
      available_as_of: instant(stocktakeAt(plan)),
    })
  }
}

function* levels(plan: Plan, { changes }: Sales): Generator<TableRow> {
  let index = 0
  for (const level of rows(plan, 'stockLevel')) {
    yield stockLevelTable.row({
      id: level.id,
      variant_id: level.variantId,
      warehouse_id: level.warehouseId,
      on_hand: level.onHand,
      reserved: 0,
      incoming: level.incoming,
      reorder_point: level.reorderPoint,
      version: 1 + (changes[index++] ?? 0),
    })
  }
}

function* ledger(plan: Plan, book: OrderBook, sales: Sales): Generator<TableRow> {
  const ids = Array.from({ length: levelsOf(plan.size) }, (_, level) => stockLevel(plan, level).id)
  const counter = userId(plan, WAREHOUSE_STAFF)
  for (const { level, kind, onHandDelta, reservedDelta, onHand, reserved, orderId, at } of movements(
    plan,
    book,
    sales,
  ))
    yield stockMovement.row({
      stock_level_id: ids[level] ?? '',
      kind,
      on_hand_delta: onHandDelta,
      reserved_delta: reservedDelta,
      on_hand: onHand,
      reserved,
      order_id: orderId,
      actor_id: kind === 'COUNT_CORRECTION' ? counter : null,
      at: instant(at),
    })
}

const HOLD_MINUTES = 15

function* reservationOf(plan: Plan, order: OrderRow): Generator<TableRow> {
  yield reservation.row({
    id: order.reservationId,
    order_id: order.id,
    customer_id: order.customerId,
    status: order.status === 'CONFIRMED' ? 'COMMITTED' : 'RELEASED',
    expires_at: instant(order.placedAt + HOLD_MINUTES * 60_000),
    version: 2,
    created_at: instant(order.placedAt + 20),
  })
  for (const { stockLevel: level, quantity } of order.lines)
    yield reservationLine.row({
      reservation_id: order.reservationId,
      stock_level_id: stockLevel(plan, level).id,
      quantity,
    })
}

/** Every low level has an alert; staff have acknowledged a third of them. */
function* alerts(plan: Plan): Generator<TableRow> {
  const staff = userId(plan, WAREHOUSE_STAFF)
  const raisedAt = stocktakeAt(plan)
  for (let level = 0; level < levelsOf(plan.size); level++) {
    if (!fellInStocktake(level)) continue
    const { id, onHand, reorderPoint } = stockLevel(plan, level)
    const seen = level % 3 === 0
    yield lowStockAlert.row({
      id: seedId('alr', plan.seed, level, raisedAt),
      stock_level_id: id,
      available_quantity: onHand,
      reorder_point: reorderPoint,
      raised_at: instant(raisedAt),
      acknowledged_at: seen ? instant(raisedAt + HOUR / 4) : null,
      acknowledged_by: seen ? staff : null,
    })
  }
}
