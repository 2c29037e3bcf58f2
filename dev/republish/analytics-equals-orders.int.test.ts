import { analytics } from '@argyle/analytics/subgraph'
import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { staff, type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import { orders } from '@argyle/orders/subgraph'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertExchangeRates } from '../seed/exchange-rates.ts'
import type { Plan } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'

const plan: Plan = { seed: 1, size: 'demo', today: Date.parse('2026-11-21') }
const ZONE = 'Europe/Berlin'

let database: TestDatabase
let client: pg.Client
let owner: TestSubgraph
let shop: TestSubgraph

beforeAll(async () => {
  database = await testDatabase('orders')
  await seedShop({ plan, urlOf: () => database.url, only: ['orders'], passwordHash: async () => '' })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  // A refund of a part for every seventh sale, a week after it.
  await client.query(`
    INSERT INTO invoice (id, order_id, kind, reason, amount_minor, made_at)
    SELECT 'inv_' || id, id, 'CREDIT_NOTE', 'refunded', total_minor / 3, placed_at + interval '7 days'
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM orders WHERE status = 'CONFIRMED' AND total_minor > 3) o
     WHERE place % 7 = 0`)
  owner = await testSubgraph(orders, { database })
  shop = await testSubgraph(analytics, { settings: { SHOP_TIME_ZONE: ZONE } })
  const own = new pg.Client({ connectionString: shop.databaseUrl })
  await own.connect()
  await insertExchangeRates(own, plan)
  await own.end()
})
afterAll(async () => {
  await client?.end()
  await shop?.close()
  await owner?.close()
})

/** Replays the history of orders to analytics, page by page, each page `times` times. */
async function replay(times: number): Promise<void> {
  for (const part of orders.history ?? [])
    for (let after: string | null = null; ; ) {
      const page = { after, limit: 200, since: null, recipient: 'analytics' }
      const history = await part(owner.resources, page)
      const messages = history.map(({ event, time }): Envelope => {
        const cause = { correlationId: 'test', causationId: null, traceparent: null }
        return {
          id: newId('evt'),
          source: 'orders',
          ...event,
          time: time.toISOString(),
          ...cause,
          replayed: true,
        }
      })
      for (let time = 0; time < times; time++) await shop.deliver('analytics.replay', { messages })
      const last = history.at(-1)
      if (!last) break
      after = last.cursor
    }
}

const AMOUNTS =
  'currencyCode grossRevenue { amount } discounts { amount } total { amount } refunds { amount }'
const REPORT = `query ($from: DateTime!, $to: DateTime!, $bucket: Bucket!) {
  salesReport(from: $from, to: $to, bucket: $bucket) {
    processedThrough
    total { orders placedOrders cancelledOrders unitsSold newCustomers newCarts byCurrency { ${AMOUNTS} } converted { total { amount } } }
    buckets { start figures { orders unitsSold newCarts byCurrency { ${AMOUNTS} } } }
    topProducts(limit: 100, by: UNITS) { productId units }
  }
}`

async function report(bucket: string) {
  const from = '2025-05-01T00:00:00+02:00'
  const to = '2026-12-01T00:00:00+01:00'
  const { data, errors } = await shop.execute(REPORT, { from, to, bucket }, staff('analytics:read'))
  expect(errors).toEqual([])
  return data.salesReport
}

const rows = async (sql: string) => (await client.query(sql)).rows
const decimals = `CASE currency WHEN 'JPY' THEN 0 ELSE 2 END`
const amount = (sum: string) => `trim_scale(COALESCE(${sum}, 0) / (10 ^ ${decimals})::numeric)::float8`

/** The sums of each bucket and currency by the orders' own tables. */
const ownSums = (bucket: string) =>
  rows(`
    WITH sold AS (
      SELECT date_trunc('${bucket}', placed_at, '${ZONE}') AS start, currency::text, subtotal_minor, discount_minor, total_minor,
             (SELECT sum(quantity) FROM order_line l WHERE l.order_id = o.id) AS units
        FROM orders o WHERE status <> 'CANCELLED'),
    credited AS (
      SELECT date_trunc('${bucket}', made_at, '${ZONE}') AS start, currency::text, sum(amount_minor) AS refunds
        FROM invoice JOIN orders o ON o.id = order_id WHERE kind = 'CREDIT_NOTE' GROUP BY 1, 2),
    summed AS (
      SELECT start, currency, count(*)::int AS orders, sum(units)::int AS units, sum(subtotal_minor) AS gross,
             sum(discount_minor) AS discounts, sum(total_minor) AS total
        FROM sold GROUP BY 1, 2)
    SELECT start, currency, ${amount('gross')} AS gross, ${amount('discounts')} AS discounts, ${amount('total')} AS total,
           ${amount('refunds')} AS refunds, COALESCE(orders, 0) AS orders, COALESCE(units, 0) AS units
      FROM summed FULL JOIN credited USING (start, currency) ORDER BY 1, 2`)

test('reports equal the tables of orders to the minor unit, also when every message is repeated', async () => {
  await replay(1)
  const once = await report('MONTH')
  await replay(2)
  expect(await report('MONTH')).toEqual(once)

  for (const bucket of ['month', 'week', 'day']) {
    const { buckets } = await report(bucket.toUpperCase())
    const found = buckets.flatMap(({ start, figures }: Bucket) =>
      figures.byCurrency
        .map((sums) => ({
          start,
          currency: sums.currencyCode,
          gross: Number(sums.grossRevenue.amount),
          discounts: Number(sums.discounts.amount),
          total: Number(sums.total.amount),
          refunds: Number(sums.refunds.amount),
        }))
        .toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
    )
    const own = await ownSums(bucket)
    expect(found).toEqual(
      own.map(({ start, orders: _, units: __, ...sums }) => ({ start: start.toISOString(), ...sums })),
    )
    const sum = (key: 'orders' | 'units') => own.reduce((total, row) => total + row[key], 0)
    const { total } = await report(bucket.toUpperCase())
    expect([total.orders, total.unitsSold]).toEqual([sum('orders'), sum('units')])
  }
  const carts = await rows(`
    SELECT date_trunc('day', quarter, '${ZONE}') AS start, sum(count)::int AS count FROM quarter_count GROUP BY 1 ORDER BY 1`)
  const begun = (await report('DAY')).buckets.filter(({ figures }: Bucket) => figures.newCarts > 0)
  expect(
    begun.map(({ start, figures }: Bucket) => ({ start: new Date(start), count: figures.newCarts })),
  ).toEqual(carts)
  expect(once.total.newCarts).toBe(carts.reduce((sum, { count }) => sum + count, 0))
  const [counted] = await rows(`
    SELECT count(*)::int AS "placedOrders", count(*) FILTER (WHERE status = 'CANCELLED')::int AS "cancelledOrders",
           count(DISTINCT customer_id) FILTER (WHERE status <> 'CANCELLED')::int AS "newCustomers" FROM orders`)
  expect(once.total).toMatchObject(counted)
  expect(once.total.converted).not.toBeNull()
  const top = await rows(`
    SELECT product_id AS "productId", sum(quantity)::int AS units FROM order_line l JOIN orders o ON o.id = l.order_id
     WHERE status <> 'CANCELLED' GROUP BY 1`)
  const units = new Map(top.map(({ productId, units: sold }) => [productId, sold]))
  expect(once.topProducts).toHaveLength(Math.min(100, units.size))
  for (const { productId, units: sold } of once.topProducts) expect(sold).toBe(units.get(productId))
})

type Sums = Record<'grossRevenue' | 'discounts' | 'total' | 'refunds', { amount: string }>
type Bucket = {
  start: string
  figures: { newCarts: number; byCurrency: (Sums & { currencyCode: string })[] }
}
