import { ordersByCustomer } from './life-stream.ts'
import type { OrderRow } from './order.ts'
import { ordersOf } from './order-time.ts'
import type { Plan } from './plan.ts'

/** What stock needs to know of an order. */
export type Entry = {
  readonly confirmed: boolean
  /** Milliseconds between the order and the end of its reservation. */
  readonly settledAfter: number
  readonly lines: readonly { readonly level: number; readonly quantity: number }[]
}

/** Orders come by customer; the book turns them by time, in 38 bytes an order. */
export type OrderBook = { readonly count: number; at(index: number): Entry }

const MOST_LINES = 4

export function orderBook(plan: Plan): OrderBook {
  const count = ordersOf(plan.size)
  const lines = new Int32Array(count * MOST_LINES * 2)
  const settled = new Int32Array(count)
  const confirmed = new Uint8Array(count)
  for (const order of ordersByCustomer(plan)) {
    confirmed[order.index] = order.status === 'CONFIRMED' ? 1 : 0
    settled[order.index] = order.settledAt - order.placedAt
    writeLines(order, lines)
  }
  return {
    count,
    at: (index) => ({
      confirmed: confirmed[index] === 1,
      settledAfter: settled[index] ?? 0,
      lines: readLines(lines, index),
    }),
  }
}

function writeLines({ index, lines }: OrderRow, book: Int32Array): void {
  if (lines.length > MOST_LINES)
    throw new Error(`The book has room for ${MOST_LINES} lines an order, not ${lines.length}.`)
  for (const [place, { stockLevel, quantity }] of lines.entries()) {
    book[(index * MOST_LINES + place) * 2] = stockLevel
    book[(index * MOST_LINES + place) * 2 + 1] = quantity
  }
}

function readLines(book: Int32Array, index: number): Entry['lines'] {
  return Array.from({ length: MOST_LINES }, (_, place) => ({
    level: book[(index * MOST_LINES + place) * 2] ?? 0,
    quantity: book[(index * MOST_LINES + place) * 2 + 1] ?? 0,
  })).filter(({ quantity }) => quantity > 0)
}
