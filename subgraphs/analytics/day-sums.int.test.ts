import { fileURLToPath } from 'node:url'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { unitOf } from './forecast/horizon.ts'
import { readSeries } from './forecast/series-reads.ts'
import { deriveDaySums } from './report/day-sums.ts'
import { readCoupons, readFallingProducts, readTopProducts } from './report/product-reads.ts'
import type { Bucket } from './report/range.ts'
import { readCounts, readSums } from './report/report-reads.ts'
import type { ASale } from './testing/a-sale.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

const ZONE = 'Europe/Berlin'
const NOW = new Date('2026-12-20T12:00:00Z')
const AUGUST = new Date('2026-08-01T00:00:00Z')
const ORDER = newId('ord')

let shop: OpenAnalytics
beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../prisma/analytics/migrations', import.meta.url))
  // A deployment as it was before days were summed.
  const old = `
    INSERT INTO sale (order_id, sequence, status, placed_at, units, gross_minor)
    VALUES ('${ORDER}', 2, 'SOLD', '2026-08-01T22:30:00Z', 1, 700);
    INSERT INTO refund (order_id, position, at, amount_minor) VALUES ('${ORDER}', 0, '2026-08-09T10:00:00Z', 200)`
  const database = await oldDatabase(migrations, '20261128238000_sold_by_buyer', old)
  shop = await openAnalytics({ timeZone: ZONE, database })
})
afterAll(() => shop.close())

const derive = (timeZone = ZONE, now = NOW) => deriveDaySums(shop.prisma, timeZone, now)
const keptDays = async () =>
  (await shop.sql<{ start: Date }>('SELECT start FROM sale_day ORDER BY start')).map(({ start }) =>
    start.toISOString(),
  )

test('the sales and refunds of a deployment of before are derived', async () => {
  await derive()
  expect(await keptDays()).toEqual(['2026-08-01T22:00:00.000Z', '2026-08-08T22:00:00.000Z'])
  expect(await shop.sql('SELECT DISTINCT gross::int, refunds::int FROM sale_day_sum ORDER BY 1')).toEqual([
    { gross: 0, refunds: 200 },
    { gross: 700, refunds: 0 },
  ])
})

const buyers = Array.from({ length: 7 }, () => newId('usr'))
const products = Array.from({ length: 4 }, () => newId('prd'))
const variants = products.map(() => [newId('var'), newId('var')] as const)
const [openId, claimedId] = [newId('ord'), newId('ord')]

/** A sale of some hour, which is the same whenever it is asked for. */
function saleOf(hour: number, orderId: string): ASale {
  const placedAt = new Date(Date.UTC(2026, 9, 20) + hour * 5 * 3_600_000).toISOString()
  const refundedAt = new Date(Date.parse(placedAt) + 7 * 86_400_000).toISOString()
  const productId = products[hour % 4] ?? ''
  const [first = '', second = ''] = variants[hour % 4] ?? []
  return {
    orderId,
    placedAt,
    customerId: hour % 5 === 0 ? null : (buyers[(hour * hour) % 7] ?? null),
    status: hour % 4 === 1 ? 'CANCELLED' : 'SOLD',
    currency: hour % 3 === 0 ? 'EUR' : 'USD',
    shipping: hour,
    tax: hour % 7,
    couponCode: hour % 10 === 3 ? `C${hour % 3}` : null,
    lines: [
      { productId, variantId: first, unit: 1_000 + hour },
      { productId, variantId: second, unit: 77, quantity: 2, discount: hour % 50 },
    ],
    refunds: hour % 6 === 0 ? [{ at: refundedAt, minor: 10 + hour }] : [],
  }
}

const orderIds = Array.from({ length: 180 }, () => newId('ord'))

async function tell(hours: readonly number[]) {
  for (const hour of hours) await shop.sale(saleOf(hour, orderIds[hour] ?? ''))
  const at = { subject: openId, time: '2026-11-02T10:00:00.000Z' }
  const grandTotal = { amountMinor: '100', currencyCode: 'USD' }
  const open = { orderId: at.subject, customerId: buyers[1], grandTotal }
  await shop.deliver('orders.order.placed', open, at)
  const claimed = { orderId: claimedId, customerId: buyers[2] }
  await shop.deliver('orders.order.claimed', claimed, { time: '2026-11-03T10:00:00.000Z' })
}

afterEach(async () => {
  for (const table of ['sale', 'sale_line', 'refund', 'exchange_rate']) await shop.sql(`DELETE FROM ${table}`)
  await derive()
})

const RANGES: readonly [Bucket, string, string][] = [
  ['HOUR', '2026-10-24T10:17:00Z', '2026-10-27T08:30:00Z'],
  ['DAY', '2026-10-19T22:00:00Z', '2026-12-01T00:00:00Z'],
  ['DAY', '2026-10-25T01:00:00Z', '2026-10-26T00:00:00Z'],
  ['WEEK', '2026-10-22T12:00:00Z', '2026-11-20T12:00:00Z'],
  ['MONTH', '2026-10-31T23:00:00Z', '2026-12-20T00:00:00Z'],
  ['MONTH', '2026-10-20T00:00:00Z', '2026-12-20T00:00:00Z'],
  ['DAY', '2027-01-01T00:00:00Z', '2027-01-03T00:00:00Z'],
]
/** A range that begins and ends within days and months. */
const UNEVEN = RANGES.slice(-2, -1)
const sorted = <Row extends object>(rows: readonly Row[]) =>
  rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .sort()

/** Contents of reports, in each range. */
async function reports(timeZone = ZONE, ranges = RANGES, currencies: readonly Currency[] = ['USD', 'EUR']) {
  const all: string[][] = []
  for (const [bucket, from, to] of ranges)
    for (const currency of currencies) {
      const range = { from: new Date(from), to: new Date(to), bucket }
      const wanted = { range, currency, timeZone }
      all.push(sorted(await readSums(shop.prisma, wanted)), sorted(await readCounts(shop.prisma, wanted)))
      all.push(sorted(await readTopProducts(shop.prisma, wanted, { first: 10, by: 'REVENUE' })))
      all.push(sorted(await readFallingProducts(shop.prisma, wanted, 10)))
      all.push(sorted(await readCoupons(shop.prisma, wanted, 10)))
    }
  for (const metric of ['ORDERS', 'UNITS', 'REVENUE'] as const)
    for (const productId of [null, products[0] ?? '']) {
      const wanted = { metric, productId, unit: unitOf('WEEK'), currency: 'EUR', timeZone, now: NOW } as const
      all.push([JSON.stringify(await readSeries(shop.prisma, wanted))])
    }
  return all
}

/** The same without kept sums. */
async function reportsOfSales() {
  const kept = await shop.sql<{ days: number }>('SELECT count(*)::int AS days FROM sale_day')
  await shop.sql('INSERT INTO sale_change (at) SELECT start FROM sale_day')
  const all = await reports()
  await derive()
  expect(await shop.sql('SELECT count(*)::int AS days FROM sale_day')).toEqual(kept)
  return all
}

const euro = (validFrom: string, unitsPerUsd: string) =>
  shop.setRate({ currency: 'EUR', validFrom, unitsPerUsd })

test('reports from kept days equal those from sales, before and after each kind of change', async () => {
  await euro('2026-01-01T00:00:00Z', '0.917')
  await tell(orderIds.keys().toArray())
  const fresh = await reports()
  await derive()
  expect(await reports()).toEqual(fresh)
  const months = await shop.sql(
    'SELECT start, finish FROM sale_month WHERE start > $1 ORDER BY start',
    AUGUST,
  )
  expect(months).toEqual(
    [
      ['2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
      ['2026-10-31T23:00:00Z', '2026-11-30T23:00:00Z'],
      // The current month ends with yesterday.
      ['2026-11-30T23:00:00Z', '2026-12-19T23:00:00Z'],
    ].map(([start = '', finish = '']) => ({ start: new Date(start), finish: new Date(finish) })),
  )

  const changes: (() => Promise<unknown>)[] = [
    // The first sale of an account is cancelled, another day's sale becomes its first.
    () => shop.sale({ ...saleOf(2, orderIds[2] ?? ''), status: 'CANCELLED', sequence: 9 }),
    () => shop.sale({ ...saleOf(1, newId('ord')), status: 'SOLD', placedAt: '2026-10-19T23:00:00.000Z' }),
    () => shop.deliver('orders.order.claimed', { orderId: orderIds[10], customerId: buyers[3] }),
    () => shop.sale({ ...saleOf(12, orderIds[12] ?? ''), status: 'CANCELLED', sequence: 9 }),
    () =>
      shop.sale({
        ...saleOf(9, orderIds[7] ?? ''),
        refunds: [{ at: '2026-11-08T10:00:00.000Z', minor: 3 }],
        sequence: 9,
      }),
    () => euro('2026-11-01T00:00:00Z', '0.871'),
    () => euro('2025-12-01T00:00:00Z', '0.999'),
    () => shop.sql(`DELETE FROM exchange_rate`),
    () => shop.sql('DELETE FROM sale_line WHERE order_id = $1', orderIds[4]),
    () => shop.sql('DELETE FROM sale WHERE order_id = $1', orderIds[8]),
  ]
  for (const change of changes) {
    await change()
    const noted = await reports(ZONE, UNEVEN, ['USD'])
    await derive()
    expect(await reports(ZONE, UNEVEN, ['USD'])).toEqual(noted)
  }
  expect(await reportsOfSales()).toEqual(await reports())
})

test('messages twice and in any order leave the same days', async () => {
  await tell(orderIds.keys().toArray().slice(0, 40))
  await derive()
  const once = await reports()
  await tell([...orderIds.keys().toArray().slice(0, 40)].reverse())
  await derive()
  expect(await reports()).toEqual(once)
})

test('a sale that is being saved while its day is derived is in the day that is derived next', async () => {
  await shop.sale(saleOf(0, orderIds[0] ?? ''))
  const placedAt = '2026-10-20T10:00:00.000Z'
  await shop.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO sale (order_id, sequence, status, placed_at, units) VALUES ('ord_late', 2, 'SOLD', ${placedAt}::timestamptz, 5)`
    await derive()
  })
  const units = () => shop.sql(`SELECT sum(units)::int AS units FROM sale_day_sum WHERE target = 'USD'`)
  expect(await units()).toEqual([{ units: 3 }])
  await derive()
  expect(await units()).toEqual([{ units: 8 }])
})

test('days of another time zone are not read, and are derived anew; days are not derived while a rate is being set', async () => {
  await tell(orderIds.keys().toArray().slice(0, 30))
  await derive()
  const inBerlin = await reports()
  const inKolkata = await reports('Asia/Kolkata')
  await derive('Asia/Kolkata')
  expect(await keptDays()).toContain('2026-10-19T18:30:00.000Z')
  expect(await keptDays()).not.toContain('2026-10-19T22:00:00.000Z')
  expect(await reports('Asia/Kolkata')).toEqual(inKolkata)
  expect(await reports()).toEqual(inBerlin)

  await shop.sale(saleOf(31, orderIds[31] ?? ''))
  await shop.whileLocked('SELECT pg_advisory_xact_lock(7462)', [], () => derive('Asia/Kolkata'))
  expect(await shop.sql('SELECT count(*)::int > 0 AS waiting FROM sale_change')).toEqual([{ waiting: true }])
})

test('a day when clocks go back over midnight begins once', async () => {
  const HAVANA = 'America/Havana'
  for (const placedAt of ['2026-11-01T03:59:59.999Z', '2026-11-01T04:30:00.000Z', '2026-11-01T05:30:00.000Z'])
    await shop.sale({ placedAt })
  const range = {
    from: new Date('2026-10-31T04:00:00Z'),
    to: new Date('2026-11-02T05:00:00Z'),
    bucket: 'DAY',
  } as const
  const orders = async () =>
    (await readSums(shop.prisma, { range, currency: 'USD', timeZone: HAVANA }))
      .map(({ bucket, orders: count }) => [bucket.toISOString(), count])
      .sort()
  const expected = [
    ['2026-10-31T04:00:00.000Z', 2],
    ['2026-11-01T05:00:00.000Z', 1],
  ]
  expect(await orders()).toEqual(expected)
  await derive(HAVANA)
  expect(await orders()).toEqual(expected)
})

test('up to 2,000 noted changes are looked at, and more leave all days to the sales', async () => {
  await shop.sale(saleOf(2, orderIds[2] ?? ''))
  await derive()
  // The day tells, not the sale.
  await shop.sql('UPDATE sale_day SET placed = 5 WHERE placed = 1')
  const range = {
    from: new Date('2026-10-19T22:00:00Z'),
    to: new Date('2026-10-30T00:00:00Z'),
    bucket: 'DAY',
  } as const
  const placed = async () =>
    (await readCounts(shop.prisma, { range, currency: 'USD', timeZone: ZONE })).at(-1)?.placed
  const note = (count: number) =>
    shop.sql(`INSERT INTO sale_change (at) SELECT '2020-01-01' FROM generate_series(1, $1::int)`, count)
  await note(2_000)
  expect(await placed()).toBe(5)
  await note(1)
  expect(await placed()).toBe(1)
})
