import type { PastEvent } from '@argyle/kit/republish'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
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
expectEarlierRowsKept(() => shop)

const [counts] = history

/** All messages of the history, a page of `limit` counts after another. */
async function historyOf(limit: number, since: Date | null = null) {
  const all: { day: string; queries: { query: string; dayTotals: object }[]; until: string; time: Date }[] =
    []
  for (let after: string | null = null; ; ) {
    const page: readonly PastEvent[] =
      (await counts?.(own, { after, limit, since, recipient: 'analytics' })) ?? []
    const last = page.at(-1)
    if (!last) return all
    // The data of the message is an object of this form.
    all.push(...page.map(({ event, time }) => ({ ...(event.data as (typeof all)[number]), time })))
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
  await flush('2026-11-20T23:59:45.000Z')
  own.queryCounts.clicked('wool')
  await flush('2026-11-20T23:59:50.000Z')
  search('wool', 2)
  await flush('2026-11-21T00:00:01.000Z')

  const live = (await shop.outbox()).map(
    ({ data }) => data as { day: string; until: string; queries: unknown[] },
  )
  expect(live.map(({ day, until }) => [day, until.slice(11)])).toEqual([
    ['2026-11-20', '23:59:00.000Z'],
    ['2026-11-20', '23:59:30.000Z'],
    ['2026-11-20', '23:59:45.000Z'],
    ['2026-11-20', '23:59:50.000Z'],
    ['2026-11-21', '00:00:01.000Z'],
  ])
  const sums = { searches: 4, zeroResults: 1, clicks: 2 }
  const wool = (more: object, dayTotals: object) => [{ query: 'wool', ...more, dayTotals }]
  expect(live.slice(1, 4).map(({ queries }) => queries)).toEqual([
    wool({ searches: 1, zeroResults: 1, clicks: 1 }, { searches: 3, zeroResults: 1, clicks: 1 }),
    wool({ searches: 1, zeroResults: 0, clicks: 0 }, { searches: 4, zeroResults: 1, clicks: 1 }),
    wool({ searches: 0, zeroResults: 0, clicks: 1 }, sums),
  ])
  const whole = await historyOf(200)
  expect(whole.map(({ day, queries }) => [day, queries.map(({ query }) => query)])).toEqual([
    ['2026-11-20', ['moss', 'wool']],
    ['2026-11-21', ['wool']],
  ])
  expect(whole[0]?.queries[1]).toEqual({ query: 'wool', ...sums, dayTotals: sums })
  const end = '2026-11-21T00:00:00.000Z'
  expect([whole[0]?.until, whole[0]?.time.toISOString()]).toEqual([end, end])
  const byOne = await historyOf(1)
  expect(byOne.flatMap(({ queries }) => queries)).toEqual(whole.flatMap(({ queries }) => queries))
  expect((await historyOf(200, new Date('2026-11-21T12:00:00.000Z'))).map(({ day }) => day)).toEqual([
    '2026-11-21',
  ])
  search('today', 1)
  await flush(new Date().toISOString())
  const last = (await historyOf(200)).at(-1)
  expect(last?.queries.map(({ query }) => query)).toEqual(['today'])
  expect(last?.time.getTime()).toBeLessThanOrEqual(Date.now())
})

test('a page has at most the counts of one message, however many are asked for', async () => {
  await own.prisma.$executeRawUnsafe(
    `INSERT INTO query_count (day, query) SELECT '2026-10-01', 'page ' || n FROM generate_series(1, 201) n`,
  )
  const page = await counts?.(own, { after: null, limit: 500, since: null, recipient: 'analytics' })
  const sizes = page?.map(({ event }) => (event.data as { queries: unknown[] }).queries.length)
  expect(sizes).toEqual([200])
})
