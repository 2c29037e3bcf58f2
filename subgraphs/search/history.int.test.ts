import type { PastEvent } from '@argyle/kit/republish'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from './history.ts'
import type { Resources } from './subgraph.ts'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
let own: Resources
beforeAll(async () => {
  shop = await openSearch()
  // testSubgraph opened the definition of search.
  own = shop.resources as Resources
})
afterAll(() => shop.close())

const [counts] = history

/** All messages of the history, a page of `limit` counts after another. */
async function historyOf(limit: number, since: Date | null = null) {
  const all: { day: string; queries: { query: string; dayTotals: object }[] }[] = []
  for (let after: string | null = null; ; ) {
    const page: readonly PastEvent[] =
      (await counts?.(own, { after, limit, since, recipient: 'analytics' })) ?? []
    const last = page.at(-1)
    if (!last) return all
    // The data of the message is an object of this form.
    all.push(...page.map(({ event }) => event.data as (typeof all)[number]))
    after = last.cursor
  }
}

test('the history has the sums of each day, also across pages, and since a time', async () => {
  let networks = 0
  const search = (query: string, found: number) =>
    own.queryCounts.searched(query, found === 0, `192.0.2.${++networks}`)
  const flush = (time: string) => own.queryCounts.flush(new Date(time))
  for (const query of ['wool', 'moss', 'wool']) search(query, 3)
  await flush('2026-11-20T23:59:00.000Z')
  search('wool', 0)
  own.queryCounts.clicked('wool')
  await flush('2026-11-20T23:59:30.000Z')
  search('wool', 2)
  await flush('2026-11-21T00:00:01.000Z')

  const live = (await shop.outbox()).map(({ data }) => data as { day: string; queries: unknown[] })
  expect(live.map(({ day }) => day)).toEqual(['2026-11-20', '2026-11-20', '2026-11-21'])
  const sums = { searches: 3, zeroResults: 1, clicks: 1 }
  expect(live[1]?.queries).toEqual([
    { query: 'wool', searches: 1, zeroResults: 1, clicks: 1, dayTotals: sums },
  ])
  const whole = await historyOf(200)
  expect(whole.map(({ day, queries }) => [day, queries.map(({ query }) => query)])).toEqual([
    ['2026-11-20', ['moss', 'wool']],
    ['2026-11-21', ['wool']],
  ])
  expect(whole[0]?.queries[1]).toEqual({ query: 'wool', ...sums, dayTotals: sums })
  const byOne = await historyOf(1)
  expect(byOne.flatMap(({ queries }) => queries)).toEqual(whole.flatMap(({ queries }) => queries))
  expect((await historyOf(200, new Date('2026-11-21T12:00:00.000Z'))).map(({ day }) => day)).toEqual([
    '2026-11-21',
  ])
})
