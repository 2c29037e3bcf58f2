// Tested in ../seed-shop.int.test.ts: rows are tested where they are copied.

import type { Condition } from '@argyle/support/segment/rule'
import { acceptsCampaigns, CONSENT_VERSION } from '../customers/consent.ts'
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
const customer = table('customer', ['user_id', 'accepts_campaigns', 'consent_sequence', 'due_at'])
const progress = table('progress', ['slot', 'through'])
const segment = table('segment', ['id', 'name', 'description', 'rule', 'version', 'created_at', 'updated_at'])

/** The tables of segments. Members are evaluated once the shop runs, by the rules of support. */
export const segmentTables = [sale, customer, progress, segment]

/** Countries of Europe that the demo's customers live in. */
export const EUROPE: readonly string[] = ['AT', 'DE', 'FI', 'FR', 'IE', 'NL']

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
    name: 'Europe',
    description: 'Their last order went to a country of Europe.',
    rule: [{ fact: 'COUNTRY', in: EUROPE, isNot: false }],
  },
]

const createdAt = (plan: Plan, place: number) => plan.today - (90 - place) * DAY
const segmentId = (plan: Plan, place: number) => seedId('seg', plan.seed, place, createdAt(plan, place))

/** The segment of the demo's campaign. */
export function campaignSegmentId(plan: Plan): string {
  return segmentId(
    plan,
    SEGMENTS.findIndex(({ name }) => name === 'Europe'),
  )
}

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
  let index = 0
  for (const { id } of rows(plan, 'user')) {
    const accepts = acceptsCampaigns(plan, index++)
    yield customer.row({
      ...{ user_id: id, accepts_campaigns: accepts, consent_sequence: accepts ? CONSENT_VERSION : 0 },
      due_at: instant(plan.today),
    })
  }
  yield progress.row({ slot: 0, through: instant(plan.today) })
  for (const [place, { name, description, rule }] of SEGMENTS.entries()) {
    const at = createdAt(plan, place)
    const id = segmentId(plan, place)
    const times = { created_at: instant(at), updated_at: instant(at) }
    yield segment.row({ id, name, description, rule: JSON.stringify(rule), version: 1, ...times })
  }
}
