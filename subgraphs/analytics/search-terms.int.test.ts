import { readFileSync } from 'node:fs'
import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ clock: () => new Date('2026-02-06T00:00:00.000Z') })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['search_term', 'sale']) await shop.sql(`DELETE FROM ${table}`)
})

const sums = (searches: number, zeroResults = 0, clicks = 0) => ({ searches, zeroResults, clicks })

const dataOf = (day: string, totals: Record<string, ReturnType<typeof sums>>) => ({
  until: `${day}T12:00:00.000Z`,
  day,
  queries: Object.entries(totals).map(([query, dayTotals]) => ({ query, ...sums(1), dayTotals })),
})

const deliverTerms = (day: string, totals: Record<string, ReturnType<typeof sums>>) =>
  shop.deliver('search.query.counted', dataOf(day, totals), { subject: newId('qct') })

async function report(fields: string, from = '2026-11-20T00:00:00Z', to = '2026-11-22T00:00:00Z') {
  const query = `query ($from: DateTime!, $to: DateTime!) { salesReport(from: $from, to: $to) { ${fields} } }`
  return (await shop.ask(query, { from, to })).salesReport
}

test('the sample message of search is accepted', async () => {
  const file = new URL('../search/event-samples/search.query.counted.json', import.meta.url)
  const { data } = JSON.parse(readFileSync(file, 'utf8'))
  await shop.deliver('search.query.counted', data)
  expect(await report('searchTerms { query searches zeroResults clicks }')).toEqual({
    searchTerms: [{ query: 'merino crew', searches: 40, zeroResults: 1, clicks: 15 }],
  })
})

test('a text of 80 characters is counted, a longer one is rejected', async () => {
  const query = 'w'.repeat(80)
  await deliverTerms('2026-11-20', { [query]: sums(1) })
  expect(await report('searchTerms { query }')).toEqual({ searchTerms: [{ query }] })
  await expect(deliverTerms('2026-11-20', { [`${query}w`]: sums(1) })).rejects.toThrow()
})

test('the greatest sums of a day count, in any order and more than once, and by replay', async () => {
  await deliverTerms('2026-11-20', { wool: sums(5, 1, 2), moss: sums(1) })
  for (const searches of [9, 7, 9]) await deliverTerms('2026-11-20', { wool: sums(searches, 2, 2) })
  await deliverTerms('2026-11-21', { wool: sums(1) })
  // One text is in the replay only.
  const ofFern = [sums(2, 1, 1), sums(4, 2, 3), sums(3, 1, 2)].map((totals) => ({ fern: totals }))
  const messages = [{ wool: sums(9, 2, 2) }, { wool: sums(3) }, ...ofFern].map((totals) => ({
    id: newId('evt'),
    type: 'search.query.counted',
    source: 'search',
    subject: newId('qct'),
    time: '2026-11-20T12:00:00.000Z',
    sequence: 1,
    correlationId: 'test',
    causationId: null,
    traceparent: null,
    replayed: true,
    data: dataOf('2026-11-20', totals),
  }))
  for (let time = 0; time < 2; time++) await shop.deliver('analytics.replay', { messages })
  await deliverTerms('2026-11-20', { wool: sums(7, 1, 1) })
  expect(await report('searchTerms { query searches zeroResults clicks }')).toEqual({
    searchTerms: [
      { query: 'wool', searches: 10, zeroResults: 2, clicks: 2 },
      { query: 'fern', searches: 4, zeroResults: 2, clicks: 3 },
      { query: 'moss', searches: 1, zeroResults: 0, clicks: 0 },
    ],
  })
})

test('terms are ranked by the requested measure, over the days that begin in the range', async () => {
  await deliverTerms('2026-11-19', { early: sums(100) })
  await deliverTerms('2026-11-20', { common: sums(50), vain: sums(5, 5), liked: sums(8, 0, 7) })
  await deliverTerms('2026-11-22', { late: sums(100) })
  const { searches, vain, liked } = await report(
    `searches: searchTerms(limit: 2) { query } vain: searchTerms(by: ZERO_RESULTS) { query } liked: searchTerms(by: CLICKS) { query }`,
  )
  expect([searches, vain, liked]).toEqual([
    [{ query: 'common' }, { query: 'liked' }],
    [{ query: 'vain' }],
    [{ query: 'liked' }],
  ])
  expect(await report('searchTerms { query }', '2026-11-19T00:00:00.001Z', '2026-11-20T00:00:00Z')).toEqual({
    searchTerms: [],
  })
  const counted = 'searchTerms(limit: 1) { query } conversion { searches }'
  expect(await report(counted, '2026-11-19T00:00:00.001Z', '2026-11-20T00:00:00.001Z')).toEqual({
    ...{ searchTerms: [{ query: 'common' }], conversion: { searches: 63 } },
  })
})

test('terms with equal sums are sorted alphabetically, whichever arrived first', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `term ${String(index).padStart(2, '0')}`)
  await deliverTerms('2026-11-20', Object.fromEntries(names.toReversed().map((name) => [name, sums(3)])))
  expect(await report('searchTerms(limit: 7) { query }')).toEqual({
    searchTerms: names.slice(0, 7).map((query) => ({ query })),
  })
})

test('conversion is the share of each step; null where the step before is zero', async () => {
  const fields =
    'conversion { searches clicks placedOrders orders clicksPerSearch ordersPerSearch soldShare }'
  expect((await report(fields)).conversion).toEqual({
    searches: 0,
    clicks: 0,
    placedOrders: 0,
    orders: 0,
    clicksPerSearch: null,
    ordersPerSearch: null,
    soldShare: null,
  })
  await deliverTerms('2026-11-20', { wool: sums(8, 0, 4) })
  await shop.sale({ placedAt: '2026-11-20T10:00:00.000Z' })
  await shop.sale({ placedAt: '2026-11-20T10:00:00.000Z', status: 'CANCELLED' })
  expect((await report(fields)).conversion).toMatchObject({
    placedOrders: 2,
    orders: 1,
    clicksPerSearch: 0.5,
    ordersPerSearch: 0.125,
    soldShare: 0.5,
  })
})

test('searches older than 400 days are deleted, more than a batch of them', async () => {
  await shop.sql(
    `INSERT INTO search_term SELECT '2025-01-01', 'old ' || n, 1, 0, 0 FROM generate_series(1, 1002) n`,
  )
  await deliverTerms('2025-01-02', { young: sums(1) })
  await shop.whileLocked(`SELECT 1 FROM search_term WHERE query = 'old 7' FOR UPDATE`, [], () =>
    shop.runTimer('forget-search-terms'),
  )
  const left = await shop.sql('SELECT query FROM search_term ORDER BY 1')
  expect(left).toEqual([{ query: 'old 7' }, { query: 'young' }])
})
