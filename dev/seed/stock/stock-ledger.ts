// Tested in ../seed-shop.int.test.ts: the ledger must agree with the stock levels of a database.

import { orderId } from '../orders/order.ts'
import type { BookEntry, OrderBook } from '../orders/order-book.ts'
import { placedAt } from '../orders/order-time.ts'
import { HOUR, type Plan } from '../plan.ts'
import { levelsOf, levelsOfVariant, plentyOf, stockLevel } from './stock-level.ts'

export type MovementKind = 'INITIAL' | 'RESERVED' | 'COMMITTED' | 'RELEASED' | 'COUNT_CORRECTION'

/** A ledger entry; `level` is the stock level's index, `onHand` and `reserved` are the values after it. */
export type Movement = {
  readonly level: number
  readonly kind: MovementKind
  readonly onHandDelta: number
  readonly reservedDelta: number
  readonly onHand: number
  readonly reserved: number
  readonly orderId: string | null
  readonly at: number
}

/**
 * Units that the last hour's stocktake found missing where a level is low or sold out; this raised the
 * alerts.
 */
const MISSING = 24

export function stocktakeAt(plan: Plan): number {
  return plan.today - HOUR
}

export function fellInStocktake(level: number): boolean {
  return plentyOf(levelsOfVariant.placeOf(level).member) !== 'plenty'
}

/** Units sold from each stock level, and the number of changes of its row. */
export type Sales = { readonly sold: Int32Array; readonly changes: Int32Array }

export function salesOf(plan: Plan, book: OrderBook): Sales {
  const sold = new Int32Array(levelsOf(plan.size))
  const changes = Int32Array.from(sold, (_, level) => (fellInStocktake(level) ? 1 : 0))
  for (let index = 0; index < book.count; index++) {
    const { confirmed, lines } = book.at(index)
    for (const { level, quantity } of lines) {
      if (confirmed) sold[level] = (sold[level] ?? 0) + quantity
      changes[level] = (changes[level] ?? 0) + 2
    }
  }
  return { sold, changes }
}

/**
 * The ledger of all levels, by time. A level starts with its current stock plus what it sold and lost. Each
 * order reserves, then commits or releases, before the next one; the stocktake is last.
 */
export function* movements(plan: Plan, book: OrderBook, { sold }: Sales): Generator<Movement> {
  const onHand = new Int32Array(sold.length)
  for (let level = 0; level < sold.length; level++) {
    const { onHand: today, createdAt } = stockLevel(plan, level)
    const initial = today + (sold[level] ?? 0) + (fellInStocktake(level) ? MISSING : 0)
    onHand[level] = initial
    yield movement(level, 'INITIAL', { onHandDelta: initial, onHand: initial, at: createdAt })
  }
  for (let index = 0; index < book.count; index++) yield* movementsOf(plan, index, book.at(index), onHand)
  for (let level = 0; level < sold.length; level++) {
    if (!fellInStocktake(level)) continue
    const found = (onHand[level] ?? 0) - MISSING
    yield movement(level, 'COUNT_CORRECTION', { onHandDelta: -MISSING, onHand: found, at: stocktakeAt(plan) })
  }
}

function* movementsOf(plan: Plan, index: number, entry: BookEntry, onHand: Int32Array): Generator<Movement> {
  const order = orderId(plan, index)
  const reservedAt = placedAt(plan, index) + 20
  const settledAt = placedAt(plan, index) + entry.settledAfter - 100
  for (const { level, quantity } of entry.lines) {
    const before = onHand[level] ?? 0
    const taken = entry.confirmed ? quantity : 0
    const after = before - taken
    yield movement(level, 'RESERVED', {
      reservedDelta: quantity,
      onHand: before,
      reserved: quantity,
      orderId: order,
      at: reservedAt,
    })
    yield movement(level, entry.confirmed ? 'COMMITTED' : 'RELEASED', {
      onHandDelta: after - before,
      reservedDelta: -quantity,
      onHand: after,
      orderId: order,
      at: settledAt,
    })
    onHand[level] = after
  }
}

function movement(level: number, kind: MovementKind, rest: Partial<Movement>): Movement {
  return {
    level,
    kind,
    onHandDelta: 0,
    reservedDelta: 0,
    onHand: 0,
    reserved: 0,
    orderId: null,
    at: 0,
    ...rest,
  }
}
