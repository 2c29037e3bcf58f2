import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CHANGES_AT_ONCE, deriveDaySums, OTHER_BASIS_MINUTES } from './report/day-sums.ts'
import { readTopProducts } from './report/product-reads.ts'
import type { Bucket } from './report/range.ts'
import { readCounts, readSums } from './report/report-reads.ts'
import { analytics, type Resources } from './subgraph.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

const now = new Date('2026-12-20T12:00:00.000Z')
let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ clock: () => now })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of [
    'sale',
    'sale_line',
    'refund',
    'exchange_rate',
    'sale_day',
    'sale_month',
    'sale_change',
    'sale_change_since',
  ])
    await shop.sql(`DELETE FROM ${table}`)
})

const derive = (at = now) => deriveDaySums(shop.prisma, { timeZone: 'UTC', now: at })
const keptDays = () => shop.sql('SELECT start FROM sale_day ORDER BY start')

test('the newest day is derived first, and a run that is stopped derives neither another day nor a month', async () => {
  for (const day of ['20', '22', '21']) await shop.sale({ placedAt: `2026-10-${day}T10:00:00.000Z` })
  const { signal: stop } = new AbortController()
  vi.spyOn(stop, 'aborted', 'get').mockReturnValue(true).mockReturnValueOnce(false)
  // testSubgraph opened the definition of analytics.
  await analytics.timers
    ?.find(({ name }) => name === 'derive-day-sums')
    ?.run(shop.resources as Resources, stop)
  expect(await keptDays()).toEqual([{ start: new Date('2026-10-22') }])
  expect(await shop.sql('SELECT start FROM sale_month')).toEqual([])
  await derive()
  expect(await keptDays()).toHaveLength(3)
  expect(await shop.sql('SELECT start FROM sale_month')).toHaveLength(1)
})

test('days that change all the time are derived once in a run, and so is their month; their changes are left for the next run', async () => {
  for (const day of ['20', '21']) await shop.sale({ placedAt: `2026-10-${day}T10:00:00.000Z` })
  // The day itself changes, and the sale of an account in the day before, which is derived after it.
  await shop.sql(`CREATE FUNCTION changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO sale_change (at, buyer) VALUES (NEW.start, NULL), (NEW.start - interval '1 hour', 'usr_a'); RETURN NULL; END $$`)
  await shop.sql('CREATE TRIGGER changes AFTER INSERT ON sale_day FOR EACH ROW EXECUTE FUNCTION changes()')
  await derive()
  await shop.sql('DROP FUNCTION changes CASCADE')
  expect(await shop.sql('SELECT at, buyer FROM sale_change ORDER BY at')).toEqual([
    { at: new Date('2026-10-19T23:00:00Z'), buyer: 'usr_a' },
    { at: new Date('2026-10-20T00:00:00Z'), buyer: null },
    { at: new Date('2026-10-20T23:00:00Z'), buyer: 'usr_a' },
    { at: new Date('2026-10-21T00:00:00Z'), buyer: null },
  ])
  expect(await keptDays()).toHaveLength(2)
  expect(await shop.sql('SELECT start FROM sale_month')).toHaveLength(1)
})

test('one run processes all changes that were recorded before it', async () => {
  await shop.sql(
    `INSERT INTO sale_change (at, buyer) SELECT '2026-10-20', 'usr_a' FROM generate_series(1, $1::int)`,
    CHANGES_AT_ONCE + 1,
  )
  await derive()
  expect(await shop.sql('SELECT * FROM sale_change')).toEqual([])
})

test('days without a change are not derived again, however long ago the first run was', async () => {
  await shop.sale({ placedAt: '2026-10-20T10:00:00.000Z' })
  await derive()
  await shop.sql('UPDATE sale_day SET placed = 5')
  for (const minutes of [1, OTHER_BASIS_MINUTES + 1]) await derive(new Date(now.getTime() + minutes * 60_000))
  expect(await shop.sql('SELECT placed FROM sale_day')).toEqual([{ placed: 5 }])
})

test('after changes of rates, days that end after the earliest of them are stale', async () => {
  const rate = (validFrom: string, unitsPerUsd: string) =>
    shop.setRate({ currency: 'EUR', validFrom, unitsPerUsd })
  await rate('2026-01-01T00:00:00Z', '1')
  for (const day of ['20', '30'])
    await shop.sale({ currency: 'EUR', placedAt: `2026-10-${day}T10:00:00.000Z`, lines: [{ unit: 800 }] })
  await derive()
  const range = { from: new Date('2026-10-01'), to: new Date('2026-11-01'), bucket: 'DAY' } as const
  const revenues = async () =>
    (await readSums(shop.prisma, { range, currency: 'USD', timeZone: 'UTC' }))
      .toSorted((a, b) => Number(a.bucket) - Number(b.bucket))
      .map(({ inTarget }) => inTarget?.gross)
  const areRead = async (expected: readonly bigint[]) => {
    expect(await revenues()).toEqual(expected)
    await derive()
    expect(await revenues()).toEqual(expected)
  }
  await rate('2026-10-30T05:00:00Z', '4')
  await areRead([800n, 200n])
  await rate('2026-10-30T06:00:00Z', '8')
  await rate('2026-10-15T00:00:00Z', '2')
  await areRead([400n, 100n])
})

/** A report over a range of October in US dollars: from the sales, and from the days once they are derived. */
const wantedOf = (bucket: Bucket, from: string, to: string) => {
  const range = { from: new Date(`2026-10-${from}Z`), to: new Date(`2026-10-${to}Z`), bucket }
  return { range, currency: 'USD', timeZone: 'UTC' } as const
}
/** The buckets in order; the row of the whole range is the last. */
const byBucket = (a: { bucket: Date | null }, b: { bucket: Date | null }) =>
  Number(a.bucket ?? Infinity) - Number(b.bucket ?? Infinity)
async function fromSalesAndDays(check: () => Promise<void>): Promise<void> {
  await check()
  await derive()
  expect(await keptDays()).not.toEqual([])
  await check()
}

test('an account returns after a sale, not after a cancelled order, also where a range begins within a day', async () => {
  const [ada, bo] = [newId('usr'), newId('usr')]
  const order = (customerId: string, day: string, status: 'SOLD' | 'CANCELLED' = 'SOLD') =>
    shop.sale({ customerId, status, placedAt: `2026-10-${day}:00.000Z` })
  for (const day of ['20T09:00', '21T10:00']) await order(ada, day)
  await order(ada, '20T11:00', 'CANCELLED')
  for (const day of ['20T09:00', '22T10:00']) await order(bo, day)
  await order(bo, '21T12:00', 'CANCELLED')
  await fromSalesAndDays(async () => {
    const rows = await readCounts(shop.prisma, wantedOf('DAY', '20T10:00', '23T00:00'))
    expect(rows.toSorted(byBucket).map(({ returning }) => returning)).toEqual([0, 1, 1, 2])
  })
})

test('an account whose first sale is at the first instant of a bucket does not return in it', async () => {
  const customerId = newId('usr')
  // A Monday, and the Wednesday after it.
  for (const day of ['19T00:00', '19T05:00', '21T10:00'])
    await shop.sale({ customerId, placedAt: `2026-10-${day}:00.000Z` })
  await fromSalesAndDays(async () => {
    for (const [bucket, from, expected] of [
      ['WEEK', '19T00:00', [0, 0]],
      ['WEEK', '12T00:00', [0, 0]],
      ['DAY', '19T00:00', [0, 1, 0]],
    ] as const) {
      const rows = await readCounts(shop.prisma, wantedOf(bucket, from, '26T00:00'))
      const returning = rows.toSorted(byBucket).map((row) => row.returning)
      expect([bucket, returning]).toEqual([bucket, expected])
    }
  })
})

test('a product has no revenue if one of its days has no rate, in a month, in days, and in a day beside a gap', async () => {
  const productId = newId('prd')
  for (const [currency, day] of [
    ['EUR', '20'],
    ['USD', '21'],
  ] as const)
    await shop.sale({ currency, placedAt: `2026-10-${day}T10:00:00.000Z`, lines: [{ productId }] })
  await fromSalesAndDays(async () => {
    for (const [from, to] of [
      ['01T00:00', '31T24:00'],
      ['20T00:00', '22T00:00'],
      ['20T00:00', '21T12:00'],
      ['20T09:00', '22T00:00'],
    ] as const)
      expect(
        await readTopProducts(shop.prisma, wantedOf('DAY', from, to), { first: 1, by: 'UNITS' }),
      ).toMatchObject([{ productId, units: 2, revenue: null }])
  })
})

test('a refund at midnight belongs to the day that begins', async () => {
  const refunds = [{ at: '2026-10-22T00:00:00.000Z', minor: 30 }]
  for (const day of ['21', '22']) await shop.sale({ placedAt: `2026-10-${day}T10:00:00.000Z` })
  await shop.sale({ placedAt: '2026-10-20T10:00:00.000Z', refunds })
  await fromSalesAndDays(async () => {
    const rows = await readSums(shop.prisma, wantedOf('DAY', '20T00:00', '23T00:00'))
    const refunded = rows.map(({ bucket, refunds: minor }) => [bucket.getUTCDate(), minor])
    expect(refunded.toSorted()).toEqual([
      [20, 0n],
      [21, 0n],
      [22, 30n],
    ])
  })
})
