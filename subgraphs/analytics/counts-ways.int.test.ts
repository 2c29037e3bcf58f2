import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bucket } from './report/range.ts'
import { countsWayOf, readCounts } from './report/report-reads.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics()
  const buyers = Array.from({ length: 7 }, () => newId('usr'))
  for (let hour = 0; hour < 180; hour++) {
    const placedAt = new Date(Date.UTC(2026, 9, 20) + hour * 5 * 3_600_000).toISOString()
    const customerId = hour % 5 === 0 ? null : (buyers[(hour * hour) % 7] ?? null)
    await shop.sale({ placedAt, customerId, status: hour % 4 === 1 ? 'CANCELLED' : 'SOLD' })
    // Two orders of one account at the same instant.
    if (hour % 30 === 0) await shop.sale({ placedAt, customerId: buyers[0] ?? null })
  }
  const grandTotal = { amountMinor: '100', currencyCode: 'USD' }
  const orderId = newId('ord')
  const open = { orderId, customerId: buyers[1], grandTotal }
  await shop.deliver('orders.order.placed', open, { subject: orderId, time: '2026-11-02T10:00:00.000Z' })
  const claimed = { orderId: newId('ord'), customerId: buyers[2] }
  await shop.deliver('orders.order.claimed', claimed, { time: '2026-11-03T10:00:00.000Z' })
})
afterAll(() => shop.close())

const sorted = (rows: { bucket: Date | null }[]) =>
  rows.toSorted((a, b) => Number(a.bucket ?? -1) - Number(b.bucket ?? -1))

test.each<[Bucket, string, string]>([
  ['HOUR', '2026-10-24T10:17:00Z', '2026-10-27T08:30:00Z'],
  ['DAY', '2026-10-20T00:00:00Z', '2026-12-01T00:00:00Z'],
  ['DAY', '2026-10-25T01:00:00Z', '2026-10-26T00:00:00Z'],
  ['WEEK', '2026-10-22T12:00:00Z', '2026-11-20T12:00:00Z'],
  ['MONTH', '2026-11-03T00:00:00Z', '2026-12-20T00:00:00Z'],
  ['DAY', '2027-01-01T00:00:00Z', '2027-01-03T00:00:00Z'],
])('both ways count the same by %s from %s to %s', async (bucket, from, to) => {
  const range = { from: new Date(from), to: new Date(to), bucket }
  const wanted = { range, currency: 'USD', timeZone: 'Europe/Berlin' } as const
  const rows = sorted(await readCounts(shop.prisma, wanted, 'LOOK_UP'))
  expect(rows.filter((row) => row.bucket === null)).toHaveLength(1)
  expect(sorted(await readCounts(shop.prisma, wanted, 'PASS'))).toEqual(rows)
})

test('a range of more than 45 days takes the pass', () => {
  const from = new Date('2026-01-01T00:00:00Z')
  const to = new Date('2026-02-15T00:00:00Z')
  const later = new Date(to.getTime() + 1)
  expect(countsWayOf({ from, to, bucket: 'DAY' })).toBe('LOOK_UP')
  expect(countsWayOf({ from, to: later, bucket: 'DAY' })).toBe('PASS')
})
