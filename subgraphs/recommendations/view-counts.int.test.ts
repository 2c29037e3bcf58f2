import { readFileSync } from 'node:fs'
import { COUNTS_KEPT_DAYS, deleteOldCounts, ROWS_AT_ONCE } from '@argyle/kit/quarter-counts'
import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { VIEWS_COUNTED } from './events.ts'
import { history } from './history.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

const QUARTER = '2026-11-20T10:15:00.000Z'
let shop: OpenRecommendations
beforeAll(async () => {
  shop = await openRecommendations()
  shop.pass(Date.parse(QUARTER) + 300_000 - shop.now().getTime())
})
afterAll(() => shop.close())
beforeEach(() => shop.sql('TRUNCATE quarter_count, product_view, outbox_message'))

let sessions = 0
const aSession = () => `counted-${String(++sessions).padStart(10, '0')}`
const prisma = () => shop.own.prisma
const publish = () => shop.runTimer('publish-view-counts')
const view = (productId: string, sessionId = aSession()) => shop.view({ productId, sessionId, consent: true })
const counted = () =>
  shop.sql<{ count: number; quarters: number }>(
    'SELECT sum(count)::int AS count, count(DISTINCT quarter)::int AS quarters FROM quarter_count',
  )
async function tellPage(page: Omit<HistoryPage, 'recipient'>): Promise<PastEvent[]> {
  const [part] = history
  return (await part?.(shop.own, { ...page, recipient: 'analytics' })) ?? []
}
const published = async () =>
  (await shop.outbox())
    .filter(({ type }) => type === VIEWS_COUNTED)
    .map(({ subject, sequence, data }) => ({ subject, sequence, data }))

test('each view that is recorded counts once; a repeated one, and one of an unknown product, do not', async () => {
  const [product = ''] = await shop.products(1)
  const session = aSession()
  for (let time = 0; time < 3; time++) await view(product, session)
  await view(product)
  await view('prd_01a1fbd5-f385-71ea-8841-b0ef1b15dead')
  expect(await counted()).toMatchObject([{ count: 2 }])
})

test('the count of a quarter has the fields of the sample, and is published again only after it has grown', async () => {
  const [product = ''] = await shop.products(1)
  await view(product)
  await publish()
  await publish()
  const [first, ...others] = await published()
  expect(others).toEqual([])
  const file = new URL(`event-samples/${VIEWS_COUNTED}.json`, import.meta.url)
  const sample = JSON.parse(readFileSync(file, 'utf8'))
  expect(Object.keys(first?.data as object).toSorted()).toEqual(Object.keys(sample.data).toSorted())
  expect(first).toEqual({ subject: QUARTER, sequence: 1, data: { quarter: QUARTER, count: 1 } })
  // Every row is there already, so that the next view makes one of them grow.
  const rest = 'SELECT $1::timestamptz, n, 0, true FROM generate_series(0, 15) n'
  await shop.sql(`INSERT INTO quarter_count ${rest} ON CONFLICT DO NOTHING`, QUARTER)
  await view(product)
  await publish()
  expect((await published()).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2])
})

test('views at once are all counted', async () => {
  const [product = ''] = await shop.products(1)
  await shop.atOnce(Array.from({ length: 30 }, () => () => view(product)))
  await publish()
  const all = (await published()).map(({ data }) => (data as { count: number }).count)
  expect(all.reduce((sum, count) => sum + count, 0)).toBe(30)
})

test('more rows than a batch are all published, each quarter with its whole sum', async () => {
  await shop.sql(
    `INSERT INTO quarter_count SELECT timestamptz '2026-01-01 00:00Z' + (n / 2) * interval '15 minutes', n % 2, 1
       FROM generate_series(0, $1::int) n`,
    ROWS_AT_ONCE,
  )
  await publish()
  const newest = new Map((await published()).map(({ subject, sequence }) => [subject, sequence]))
  expect(newest.size).toBe(ROWS_AT_ONCE / 2 + 1)
  expect([...newest.values()].filter((sum) => sum === 2)).toHaveLength(ROWS_AT_ONCE / 2)
})

test('a row that another replica holds is left to it; the history of a quarter that lasts has the time of now', async () => {
  const quarter = new Date(Math.floor(Date.now() / 900_000) * 900_000)
  const earlier = new Date(quarter.getTime() - 900_000)
  for (const at of [quarter, earlier])
    await shop.sql('INSERT INTO quarter_count (quarter, slot, count) VALUES ($1, 0, 1)', at)
  const held = 'SELECT FROM quarter_count WHERE quarter = $1 FOR UPDATE'
  await shop.whileLocked(held, [earlier], publish)
  expect((await published()).map(({ subject }) => subject)).toEqual([quarter.toISOString()])
  const last = (await tellPage({ after: null, limit: 9, since: null })).at(-1)
  expect(last?.time.getTime()).toBeLessThanOrEqual(Date.now())
})

test('the history has the sum of each quarter, in pages, also of those already published', async () => {
  await shop.sql(
    `INSERT INTO quarter_count SELECT timestamptz '2026-01-01 00:00Z' + (n / 2) * interval '15 minutes', n % 2, n + 1, true
       FROM generate_series(0, 9) n`,
  )
  const pages: string[] = []
  for (let after: string | null = null; ; ) {
    const page: PastEvent[] = await tellPage({ after, limit: 2, since: null })
    pages.push(page.map(({ event }) => `${event.subject.slice(11, 16)} ${event.sequence}`).join(', '))
    const last = page.at(-1)
    if (!last) break
    after = last.cursor
  }
  expect(pages).toEqual(['00:00 3, 00:15 7', '00:30 11, 00:45 15', '01:00 19', ''])
  // The quarter that contains the instant may have changed after it.
  const since = new Date('2026-01-01T00:50:00.000Z')
  const late = await tellPage({ after: null, limit: 9, since })
  expect(late.map(({ time }) => time.toISOString())).toEqual([
    '2026-01-01T01:00:00.000Z',
    '2026-01-01T01:15:00.000Z',
  ])
})

test('old counts are deleted, more than a batch of them', async () => {
  const old = ROWS_AT_ONCE + 1
  await shop.sql(
    `INSERT INTO quarter_count SELECT timestamptz '2024-01-01 00:00Z' + n * interval '15 minutes', 0, 1 FROM generate_series(0, $1::int) n`,
    old,
  )
  const last = Date.parse('2024-01-01T00:00:00Z') + old * 900_000
  await deleteOldCounts(prisma(), new Date(last + COUNTS_KEPT_DAYS * 86_400_000))
  expect(await counted()).toEqual([{ count: 1, quarters: 1 }])
  await deleteOldCounts(prisma(), new Date(last + COUNTS_KEPT_DAYS * 86_400_000 + 1))
  expect(await counted()).toEqual([{ count: null, quarters: 0 }])
})
