// Tested in ../seed-shop.int.test.ts: rows are tested where they are copied.

import type { Condition } from '@argyle/support/segment/rule'
import { instant, type TableRow, table } from '../database/copy-table.ts'
import type { OrderRow } from '../orders/order.ts'
import { DAY, type Plan } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'
import { rows } from '../row.ts'

const sale = table('sale', [
  'order_id',
  'sequence',
  'status',
  'buyer',
  'placed_at',
  'currency',
  'net_minor',
  'country_code',
  'product_ids',
])
const customer = table('customer', ['user_id', 'due_at'])
const progress = table('progress', ['slot', 'through'])
const segment = table('segment', ['id', 'name', 'description', 'rule', 'version', 'created_at', 'updated_at'])

/** The tables of segments. Members are evaluated once the shop runs, by the rules of support. */
export const segmentTables = [sale, customer, progress, segment]

const bounds = { atLeast: null, atMost: null }
const SEGMENTS: readonly { name: string; description: string; rule: readonly Condition[] }[] = [
  {
    name: 'Champions',
    description: 'They bought lately, often and much.',
    rule: [
      { fact: 'RECENCY_SCORE', ...bounds, atLeast: 4 },
      { fact: 'FREQUENCY_SCORE', ...bounds, atLeast: 4 },
      { fact: 'MONETARY_SCORE', ...bounds, atLeast: 4 },
    ],
  },
  {
    name: 'Lapsed regulars',
    description: 'They bought three times or more, and not for 90 days.',
    rule: [
      { fact: 'ORDERS', ...bounds, atLeast: 3 },
      { fact: 'DAYS_SINCE_LAST_ORDER', ...bounds, atLeast: 90 },
    ],
  },
  {
    name: 'German-speaking',
    description: 'Their last order went to Germany, Austria or Switzerland.',
    rule: [{ fact: 'COUNTRY', in: ['DE', 'AT', 'CH'], isNot: false }],
  },
]

/** The sale of an order. */
export function saleRow({ id, status, customerId, address, ...order }: OrderRow): TableRow {
  const productIds = [...new Set(order.lines.map(({ productId }) => productId))]
  return sale.row({
    order_id: id,
    // Older than every message.
    sequence: 0,
    status: status === 'CONFIRMED' ? 'SOLD' : 'CANCELLED',
    buyer: customerId,
    placed_at: instant(order.placedAt),
    currency: order.currency,
    net_minor: order.subtotal - order.discount,
    country_code: address.countryCode,
    product_ids: `{${productIds.join(',')}}`,
  })
}

/** The segments, and customers that are due for evaluation. */
export function* segmentRows(plan: Plan): Generator<TableRow> {
  for (const { id } of rows(plan, 'user')) yield customer.row({ user_id: id, due_at: instant(plan.today) })
  yield progress.row({ slot: 0, through: instant(plan.today) })
  for (const [index, { name, description, rule }] of SEGMENTS.entries()) {
    const at = plan.today - (30 - index) * DAY
    const id = seedId('seg', plan.seed, index, at)
    const times = { created_at: instant(at), updated_at: instant(at) }
    yield segment.row({ id, name, description, rule: JSON.stringify(rule), version: 1, ...times })
  }
}
