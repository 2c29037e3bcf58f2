import { fileURLToPath } from 'node:url'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { unitOf } from './forecast/horizon.ts'
import { readDemand, readSeries } from './forecast/series-reads.ts'
import { deriveDaySums, OTHER_BASIS_MINUTES } from './report/day-sums.ts'
import { readCoupons, readFallingProducts, readTopProducts } from './report/product-reads.ts'
import type { Bucket } from './report/range.ts'
import { readCounts, readSums } from './report/report-reads.ts'
import type { ASale } from './testing/a-sale.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

const ZONE = 'Europe/Berlin'
const NOW = new Date('2026-12-20T12:00:00Z')
const ORDER = newId('ord')

let shop: OpenAnalytics
/** Days and sums that are derived from the rows of a deployment of before. */
let deployed: unknown[]
beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../prisma/analytics/migrations', import.meta.url))
  // A deployment as it was before days were summed.
  const old = `
    INSERT INTO sale (order_id, sequence, status, placed_at, units, gross_minor)
    VALUES ('${ORDER}', 2, 'SOLD', '2026-08-01T22:30:00Z', 1, 700);
    INSERT INTO refund (order_id, position, at, amount_minor) VALUES ('${ORDER}', 0, '2026-08-09T10:00:00Z', 200)`
  const database = await oldDatabase(migrations, '20261128238000_sold_by_buyer', old)
  shop = await openAnalytics({ timeZone: ZONE, database, clock: () => NOW })
  await derive()
  const sums = await shop.sql('SELECT DISTINCT gross::int, refunds::int FROM sale_day_sum ORDER BY 1')
  deployed = [await keptDays(), sums]
  await clear()
})
afterAll(() => shop.close())

const derive = (timeZone = ZONE, now = NOW) => deriveDaySums(shop.prisma, { timeZone, now })
const keptDays = async () =>
  (await shop.sql<{ start: Date }>('SELECT start FROM sale_day ORDER BY start')).map(({ start }) =>
    start.toISOString(),
  )

test('sales and refunds from before the migration are derived', () => {
  const sums = [
    { gross: 0, refunds: 200 },
    { gross: 700, refunds: 0 },
  ]
  expect(deployed).toEqual([['2026-08-01T22:00:00.000Z', '2026-08-08T22:00:00.000Z'], sums])
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

async function deliverSales(hours: readonly number[]) {
  for (const hour of hours) await shop.sale(saleOf(hour, orderIds[hour] ?? ''))
  const at = { subject: openId, time: '2026-11-02T10:00:00.000Z' }
  const grandTotal = { amountMinor: '100', currencyCode: 'USD' }
  const open = { orderId: at.subject, customerId: buyers[1], grandTotal }
  await shop.deliver('orders.order.placed', open, at)
  const claimed = { orderId: claimedId, customerId: buyers[2] }
  await shop.deliver('orders.order.claimed', claimed, { time: '2026-11-03T10:00:00.000Z' })
}

const COPIES = ['sale', 'sale_line', 'refund', 'exchange_rate', 'progress']
const DERIVED = ['sale_day', 'sale_month', 'sale_basis', 'sale_change', 'sale_change_since']
async function clear() {
  for (const table of [...COPIES, ...DERIVED]) await shop.sql(`DELETE FROM ${table}`)
}
afterEach(clear)

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

test('reports from the sums of days equal those from sales, before and after each kind of change', async () => {
  await euro('2026-01-01T00:00:00Z', '0.917')
  await deliverSales(orderIds.keys().toArray())
  const fresh = await reports()
  await derive()
  expect(await reports()).toEqual(fresh)
  const months = await shop.sql('SELECT start, finish FROM sale_month ORDER BY start')
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
    () => shop.sale({ ...saleOf(1, newId('ord')), status: 'SOLD', placedAt: '2026-10-19T23:00:00.000Z' }),
    () => shop.deliver('orders.order.claimed', { orderId: orderIds[10], customerId: buyers[3] }),
    () => shop.sale({ ...saleOf(12, orderIds[12] ?? ''), status: 'CANCELLED', sequence: 9 }),
    () =>
      shop.sale({
        ...saleOf(9, orderIds[7] ?? ''),
        refunds: [{ at: '2026-11-07T23:00:00.000Z', minor: 3 }],
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

test.each(['sale', 'sale_line', 'refund', 'exchange_rate'])(
  'days are stale once %s is truncated',
  async (table) => {
    await euro('2026-01-01T00:00:00Z', '0.917')
    await deliverSales([0, 2])
    await derive()
    const before = await reports(ZONE, UNEVEN, ['USD'])
    await shop.sql(`TRUNCATE ${table}`)
    const noted = await reports(ZONE, UNEVEN, ['USD'])
    expect(noted).not.toEqual(before)
    await derive()
    expect(await reports(ZONE, UNEVEN, ['USD'])).toEqual(noted)
  },
)

test('a change is recorded whatever the search_path is', async () => {
  await shop.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL search_path TO pg_catalog`
    await tx.$executeRaw`INSERT INTO public.sale (order_id, sequence, status, placed_at) VALUES ('ord_path', 2, 'SOLD', ${NOW}::timestamptz)`
    await tx.$executeRaw`INSERT INTO public.sale_line (order_id, variant_id, product_id, quantity, gross_minor, discount_minor) VALUES ('ord_path', 'v', 'p', 1, 1, 0)`
    await tx.$executeRaw`INSERT INTO public.refund (order_id, position, at, amount_minor) VALUES ('ord_path', 0, ${NOW}::timestamptz, 1)`
    await tx.$executeRaw`INSERT INTO public.exchange_rate (id, currency, valid_from, units_per_usd, version) VALUES ('fxr_path', 'EUR', ${NOW}::timestamptz, 1, 1)`
    await tx.$executeRaw`TRUNCATE public.exchange_rate`
  })
  await derive()
  expect(await keptDays()).toContain('2026-12-19T23:00:00.000Z')
})

test('repeated messages in any order result in the same days', async () => {
  await deliverSales(orderIds.keys().toArray().slice(0, 40))
  await derive()
  const once = await reports()
  await deliverSales([...orderIds.keys().toArray().slice(0, 40)].reverse())
  await derive()
  expect(await reports()).toEqual(once)
})

test('a sale that commits while its day is derived is in the next derivation', async () => {
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

test('days of another time zone are not read, and are derived again an hour after they were last derived', async () => {
  await deliverSales(orderIds.keys().toArray().slice(0, 30))
  await derive()
  const inZone = (timeZone: string) => reports(timeZone, UNEVEN, ['USD'])
  const both = async () => [await inZone(ZONE), await inZone('Asia/Kolkata')]
  const unchanged = await both()
  const inKolkata = await reports('Asia/Kolkata')
  const before = await keptDays()
  const later = new Date(NOW.getTime() + OTHER_BASIS_MINUTES * 60_000)
  await derive('Asia/Kolkata', new Date(later.getTime() - 1))
  expect(await keptDays()).toEqual(before)
  expect(await both()).toEqual(unchanged)

  // Processes of both time zones derive a day that changed: others overlap it.
  const sale = () => shop.sale({ placedAt: '2026-10-21T20:00:00.000Z' })
  for (const timeZone of [ZONE, 'Asia/Kolkata']) {
    await sale()
    const noted = await both()
    await derive(timeZone)
    expect(await both()).toEqual(noted)
  }
  await shop.sql(`DELETE FROM sale WHERE placed_at = '2026-10-21T20:00:00Z'`)

  await derive('Asia/Kolkata', later)
  expect((await keptDays()).slice(0, 2)).toEqual(['2026-10-19T18:30:00.000Z', '2026-10-20T18:30:00.000Z'])
  expect(await keptDays()).not.toContain('2026-10-19T22:00:00.000Z')
  expect(await reports('Asia/Kolkata')).toEqual(inKolkata)
  expect(await both()).toEqual(unchanged)
})

test('a month is summed from days of its own time zone and currencies', async () => {
  await deliverSales([0, 30])
  await derive()
  await shop.sql(`UPDATE sale_day SET basis = 'another'`)
  await shop.sql('INSERT INTO sale_basis (basis, derived_at) VALUES ($1, $2)', 'another', NOW)
  await shop.sql('DELETE FROM sale_month')
  await derive()
  expect(await shop.sql('SELECT * FROM sale_month')).toEqual([])
})

test('days are not derived while another process derives', async () => {
  await shop.sale(saleOf(31, orderIds[31] ?? ''))
  await shop.whileLocked('SELECT pg_advisory_xact_lock(7462)', [], () => derive())
  expect(await keptDays()).toEqual([])
  await shop.runTimer('derive-day-sums')
  expect(await keptDays()).toEqual(['2026-10-25T23:00:00.000Z'])
})

test('days that are derived before a concurrent change of a rate commits are derived again', async () => {
  await shop.whileLocked('SELECT pg_advisory_xact_lock(7462)', [], () => euro('2026-01-01T00:00:00Z', '1'))
  const units = () =>
    shop.sql(`SELECT in_gross::int AS gross FROM sale_day_sum WHERE target = 'USD' AND orders > 0`)
  await shop.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO exchange_rate (id, currency, valid_from, units_per_usd, version) VALUES ('fxr_new', 'EUR', '2026-02-01', 0.5, 1)`
    await shop.sale(saleOf(0, orderIds[0] ?? ''))
    await derive()
  })
  expect(await units()).toEqual([{ gross: 1_154 }])
  const noted = await reports(ZONE, UNEVEN, ['USD'])
  await derive()
  expect(await units()).toEqual([{ gross: 2_308 }])
  expect(await reports(ZONE, UNEVEN, ['USD'])).toEqual(noted)
})

test('a day that fails does not block others, and is tried again', async () => {
  const days = ['2026-10-19T22:00:00.000Z', '2026-10-20T22:00:00.000Z', '2026-10-21T22:00:00.000Z']
  for (const hour of [2, 7, 11]) await shop.sale(saleOf(hour, orderIds[hour] ?? ''))
  await shop.sql(`ALTER TABLE sale_day ADD CONSTRAINT fails CHECK (start <> '${days[1]}')`)
  await expect(derive()).rejects.toThrow(
    `sums were not derived and are tried again: of the days that begin at ${days[1]}`,
  )
  expect(await keptDays()).toEqual([days[0], days[2]])
  expect(await shop.sql('SELECT start FROM sale_month')).toHaveLength(0)
  await shop.sql('ALTER TABLE sale_day DROP CONSTRAINT fails')
  await derive()
  expect(await keptDays()).toEqual(days)
  expect(await shop.sql('SELECT start FROM sale_month')).toHaveLength(1)
})

test('a day when clocks go back over midnight begins once', async () => {
  const HAVANA = 'America/Havana'
  const variantId = newId('var')
  for (const placedAt of ['2026-11-01T03:59:59.999Z', '2026-11-01T04:30:00.000Z', '2026-11-01T05:30:00.000Z'])
    await shop.sale({ placedAt, lines: [{ variantId }] })
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
  const series = async (now: string) => {
    const wanted = { metric: 'ORDERS', productId: null, unit: unitOf('DAY'), currency: 'USD' } as const
    const read = await readSeries(shop.prisma, { ...wanted, timeZone: HAVANA, now: new Date(now) })
    return [read?.values, read?.until.toISOString()]
  }
  const complete = async () => {
    expect(await series('2026-11-02T05:00:00Z')).toEqual([[2, 1], '2026-11-02T05:00:00.000Z'])
    // The hour that is repeated is the last one of the day.
    expect((await series('2026-11-01T04:59:59.999Z'))[1]).toBe('2026-10-31T04:00:00.000Z')
    expect(await series('2026-11-01T05:00:00Z')).toEqual([[2], '2026-11-01T05:00:00.000Z'])
  }
  await shop.sql(`UPDATE progress SET through = '2026-11-02T05:00:00Z'`)
  await complete()
  const until = new Date('2026-11-02T05:00:00Z')
  expect(await readDemand(shop.prisma, { now: until, timeZone: HAVANA }, [variantId])).toEqual([
    { variantId, units: [2, 1], until },
  ])
  await derive(HAVANA)
  await complete()
  expect(await orders()).toEqual(expected)
})

test('a report reads up to 2,000 recorded changes; beyond that it reads the sales of all days', async () => {
  await shop.sale(saleOf(2, orderIds[2] ?? ''))
  await derive()
  // Reports read the changed sums of the day, not the sales.
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
