import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { saleData } from './testing/a-sale.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics()
})
afterAll(() => shop.close())

const sale = (fields: object) => (orderId: string) =>
  ['orders.sale.changed', saleData({ orderId, customerId: null, ...fields })] as const
let quarters = 0
const quarter = () => new Date(Date.UTC(2026, 10, 1) + 900_000 * quarters++).toISOString()
const ofQuarter = (rows: string) =>
  `(SELECT to_char(quarter AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS id, q.* FROM ${rows} q)`
const counted = (type: string, count: number) => (id: string) => [type, { quarter: id, count }] as const
const activity = (kind: string) => ofQuarter(`(SELECT * FROM activity WHERE kind = '${kind}')`)
const stock = (onHandDelta: number, movements: number) => (id: string) =>
  ['inventory.stock.counted', { quarter: id, onHandDelta, movements }] as const
let queries = 0
const searches = (...[sum, zeroResults, clicks]: number[]) => {
  const dayTotals = { searches: sum, zeroResults, clicks }
  return (query: string) =>
    ['search.query.counted', { day: '2026-11-21', queries: [{ query, dayTotals }] }] as const
}

testNewestState('analytics', () => shop, {
  'a sale': {
    ...{ id: 'ord', table: 'sale', key: 'order_id' },
    older: sale({ lines: [{ quantity: 2, discount: 1 }], shipping: 10, tax: 20, couponCode: 'A' }),
    newer: sale({
      ...{ status: 'CANCELLED', placedAt: '2026-11-03T10:00:00.000Z', currency: 'EUR', couponCode: 'B' },
      ...{ lines: [{ quantity: 3, unit: 500, discount: 2 }], shipping: 30, tax: 40 },
    }),
    row: {
      ...{ status: 'CANCELLED', placed_at: '2026-11-03T10:00:00+00:00', currency: 'EUR', units: 3 },
      ...{ gross_minor: 1500, discount_minor: 2, shipping_minor: 30, tax_minor: 40, coupon_code: 'B' },
      sequence: 10,
    },
  },
  'the stock of a quarter': {
    ...{ id: quarter, table: ofQuarter('stock_change'), key: 'id' },
    older: stock(-5, 2),
    newer: stock(-9, 3),
    row: { on_hand_delta: -9, movements: 3 },
  },
  'the views of a quarter': {
    ...{ id: quarter, table: activity('VIEW'), key: 'id' },
    older: counted('recommendations.view.counted', 2),
    newer: counted('recommendations.view.counted', 12),
    row: { count: 12 },
  },
  'the carts of a quarter': {
    ...{ id: quarter, table: activity('CART'), key: 'id' },
    older: counted('orders.cart.counted', 2),
    newer: counted('orders.cart.counted', 12),
    row: { count: 12 },
  },
  'the searches of a text': {
    ...{ id: () => `socks ${queries++}`, table: 'search_term', key: 'query' },
    older: searches(9, 2, 5),
    newer: searches(10, 3, 6),
    row: { searches: 10, zero_results: 3, clicks: 6 },
  },
})
