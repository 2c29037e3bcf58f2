import { testSubgraph } from '@argyle/kit/testing/subgraph'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { waitUntil } from '../e2e/wait-until.ts'
import { importSubgraph } from '../shop/subgraphs/subgraphs.ts'
import { queryDatabase } from '../shop/testing/query-database.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { runRepublish } from './run.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ isFirstStart: true })
})
afterAll(() => shop?.stop())
afterEach(() => {
  vi.unstubAllEnvs()
})

const PRODUCTS_ON_SALE = 12
/** Bounds only a test that would fail anyway. */
const PATIENCE_MS = 60_000

const QUERY = `query Find($query: String!) {
  search(query: $query, first: 100) {
    totalCount
    didYouMean
    edges { node { title variants(first: 1) { edges { node { sku } } } } }
    facets { name values { label count } }
  }
}`
const QUERIES = ['', 'crew', 'merino', 'Wandersocken', 'slliper', '-cotton'] as const

/** Listings that a timer is to derive. */
const STALE = 'SELECT FROM stale_listing JOIN listing USING (product_id)'

/** The answers of search, once its listings are derived. */
async function answers(): Promise<unknown[]> {
  const stale = () => queryDatabase(shop.databaseUrl('search'), STALE)
  await waitUntil(stale, (rows) => rows.length === 0, PATIENCE_MS)
  const all = await Promise.all(QUERIES.map((query) => shop.visitor().ask(QUERY, { query })))
  return all.map(({ data, errors }) => {
    expect(errors).toEqual([])
    return data.search
  })
}

/** Tables of copies, and of rows that are derived from them. */
const COPIES = {
  search:
    'listing, listing_variant, best_seller, category, facet_value, word, stale_listing, ordered_product, progress',
  recommendations:
    'stale_product, known_product, known_variant, known_order, purchase, neighbour_list, progress',
} as const

async function empty(reader: keyof typeof COPIES): Promise<void> {
  const client = new pg.Client({ connectionString: shop.databaseUrl(reader) })
  await client.connect()
  await client.query(`TRUNCATE ${COPIES[reader]}`)
  await client.end()
}

async function republish(owner: string, reader: keyof typeof COPIES): Promise<string[]> {
  const lines: string[] = []
  vi.stubEnv('DATABASE_URL', shop.databaseUrl(owner))
  expect(await runRepublish([owner, '--to', reader], (line) => lines.push(line))).toBe(0)
  return lines
}

test('search has its data at the first start, and again after its database was emptied while the shop ran', async () => {
  const before = await answers()
  expect(before[0]).toMatchObject({ totalCount: 12 })
  await empty('search')
  expect((await answers())[0]).toMatchObject({ totalCount: 0, edges: [] })
  // In any order, and more often than needed.
  for (const owner of ['orders', 'inventory', 'products', 'reviews', 'products', 'orders'])
    expect((await republish(owner, 'search')).at(-1)).toMatch(/^\w+ to search: [1-9]\d* messages, all$/)
  expect(await answers()).toEqual(before)
})

test('recommendations have their data at the first start, and again after their database was emptied while the shop ran', async () => {
  const read = async () => {
    const query = '{ products(first: 12) { edges { node { related(first: 3) { reason } } } } }'
    const { data, errors } = await shop.visitor().ask(query)
    expect(errors).toEqual([])
    return data.products.edges.flatMap(
      ({ node }: { node: { related: { reason: string }[] } }) => node.related,
    )
  }
  const database = { url: shop.databaseUrl('recommendations'), drop: async () => {} }
  const own = await testSubgraph(await importSubgraph('recommendations'), { database })
  // Lists are derived every 10 and 30 seconds. The test runs the timers itself.
  const derived = async () => {
    for (const timer of ['derive-views', 'derive-purchases']) await own.runTimer(timer)
    return read()
  }
  const isAlive = (related: { reason: string }[]) =>
    related.length === 3 * PRODUCTS_ON_SALE && related.some(({ reason }) => reason !== 'POPULAR_FALLBACK')
  await waitUntil(derived, isAlive, PATIENCE_MS)
  await empty('recommendations')
  expect(await read()).toEqual([])
  for (const owner of ['orders', 'inventory', 'products']) await republish(owner, 'recommendations')
  await waitUntil(derived, isAlive, PATIENCE_MS)
  await own.close()
})

test('only events since the given time are published', async () => {
  const lines: string[] = []
  vi.stubEnv('DATABASE_URL', shop.databaseUrl('products'))
  const args = ['products', '--to', 'search', '--since', '9999-01-01T00:00:00Z']
  expect(await runRepublish(args, (line) => lines.push(line))).toBe(0)
  expect(lines.at(-1)).toBe('products to search: 0 messages, all')
})

test.each([
  [
    ['shipping', '--to', 'search'],
    'the events of shipping cannot be republished: its definition has no history',
  ],
  [['products', '--to', 'nobody'], /"nobody"/],
  [
    ['products', '--to', 'search', '--data', '/none'],
    /^no shop runs on \/none: start it with npm start, or name another folder with --data$/,
  ],
])('%j is refused', async (args, line) => {
  const lines: string[] = []
  expect(await runRepublish(args, (text) => lines.push(text))).toBe(1)
  expect(lines.join('\n')).toMatch(line)
})
