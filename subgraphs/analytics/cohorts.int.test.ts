import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  // Still October in UTC, already November in Berlin.
  shop = await openAnalytics({ timeZone: 'Europe/Berlin', clock: () => new Date('2026-10-31T23:30:00.000Z') })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('accounts are grouped by the month of their first sale, up to the current month', async () => {
  const [ada, bo, old] = [newId('usr'), newId('usr'), newId('usr')]
  const buy = (customerId: string | null, placedAt: string, unit = 1000) =>
    shop.sale({ customerId, placedAt, lines: [{ unit: unit + 7, discount: 7 }], shipping: 3, tax: 5 })
  await buy(old, '2026-07-01T10:00:00.000Z')
  await buy(old, '2026-09-01T10:00:00.000Z')
  await buy(ada, '2026-08-31T22:30:00.000Z')
  await buy(ada, '2026-09-05T10:00:00.000Z', 500)
  await buy(ada, '2026-10-31T23:10:00.000Z', 250)
  await buy(bo, '2026-09-20T10:00:00.000Z')
  await buy(null, '2026-09-20T10:00:00.000Z')
  for (const placedAt of ['2026-08-02T10:00:00.000Z', '2026-10-02T10:00:00.000Z'])
    await shop.sale({ customerId: bo, placedAt, status: 'CANCELLED' })
  const { customerCohorts } = await shop.ask(
    '{ customerCohorts(months: 3) { cohorts { month customers months { offset customers orders revenue { amount } } } } }',
  )
  const none = (offset: number) => ({ offset, customers: 0, orders: 0, revenue: { amount: '0.00' } })
  expect(customerCohorts.cohorts).toEqual([
    {
      month: '2026-08-31T22:00:00.000Z',
      customers: 2,
      months: [
        { offset: 0, customers: 2, orders: 3, revenue: { amount: '25.00' } },
        none(1),
        { offset: 2, customers: 1, orders: 1, revenue: { amount: '2.50' } },
      ],
    },
    { month: '2026-09-30T22:00:00.000Z', customers: 0, months: [none(0), none(1)] },
    { month: '2026-10-31T23:00:00.000Z', customers: 0, months: [none(0)] },
  ])
})

test('the maximum is 36 months, and a missing rate makes revenue null', async () => {
  await shop.sale({ currency: 'EUR', placedAt: '2026-10-31T23:15:00.000Z' })
  const { customerCohorts } = await shop.ask(
    '{ customerCohorts(months: 36) { cohorts { customers months { offset revenue { amount } } } } }',
  )
  expect(customerCohorts.cohorts).toHaveLength(36)
  const offsets = customerCohorts.cohorts[0].months.map(({ offset }: { offset: number }) => offset)
  expect(offsets).toEqual(Array.from({ length: 36 }, (_, offset) => offset))
  expect(customerCohorts.cohorts.at(-1)).toEqual({ customers: 1, months: [{ offset: 0, revenue: null }] })
})
