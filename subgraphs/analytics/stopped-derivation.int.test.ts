import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { deriveDaySums } from './report/day-sums.ts'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

const now = new Date('2026-12-20T12:00:00.000Z')
let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ clock: () => now })
})
afterAll(() => shop.close())

test('the newest day is derived first, and a run that is stopped derives neither another day nor a month', async () => {
  for (const day of ['20', '22', '21']) await shop.sale({ placedAt: `2026-10-${day}T10:00:00.000Z` })
  const keptDays = () => shop.sql('SELECT start FROM sale_day ORDER BY start')
  const { signal: stop } = new AbortController()
  vi.spyOn(stop, 'aborted', 'get').mockReturnValue(true).mockReturnValueOnce(false)
  await deriveDaySums(shop.prisma, { timeZone: 'UTC', now, stop })
  expect(await keptDays()).toEqual([{ start: new Date('2026-10-22') }])
  expect(await shop.sql('SELECT start FROM sale_month')).toEqual([])
  await deriveDaySums(shop.prisma, { timeZone: 'UTC', now })
  expect(await keptDays()).toHaveLength(3)
  expect(await shop.sql('SELECT start FROM sale_month')).toHaveLength(1)
})
