import { createHash } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLICKS } from './clicks.ts'
import { MAX_PER_AREA, MAX_PER_NETWORK } from './query-count-rows.ts'
import { MAX_ATTEMPTS, MAX_HELD, queryCounts } from './query-counts.ts'
import { type Resources, search } from './subgraph.ts'
import { deriveSuggestedQueries, MIN_SEARCHES } from './suggested-queries.ts'
import { type OpenSearch, openSearch } from './testing/open-search.ts'
import { catalogueVocabulary } from './vocabulary.ts'

let shop: OpenSearch
let own: Resources
beforeAll(async () => {
  shop = await openSearch()
  // testSubgraph opened the definition of search.
  own = shop.resources as Resources
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['query_searcher ('])

const DAY_MS = 86_400_000
/** Noon of a day that is past, and whose counts are kept. */
const noonOf = (daysAgo: number) => new Date((Math.floor(Date.now() / DAY_MS) - daysAgo + 0.5) * DAY_MS)
const DAY = noonOf(10)
const NEXT_DAY = new Date(DAY.getTime() + DAY_MS)
let addresses = 0
const anAddress = () => `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}`

const sql = <Row>(statement: string, ...values: unknown[]) =>
  own.prisma.$queryRawUnsafe<Row[]>(statement, ...values)
type Sums = { query: string; searches: number; zero: number; clicks: number }
const sumsOf = (pattern: string) =>
  sql<Sums>(
    `SELECT query, sum(searches)::int AS searches, sum(zero_results)::int AS zero, sum(clicks)::int AS clicks
       FROM query_count WHERE query LIKE $1 GROUP BY query ORDER BY query`,
    pattern,
  )
const numberOf = async (pattern: string) => (await sumsOf(pattern)).length
const counting = (mostOfDay: number) =>
  queryCounts({ prisma: own.prisma, vocabulary: catalogueVocabulary(own.prisma), mostOfDay })

async function failing(work: () => Promise<void>): Promise<void> {
  await sql('ALTER TABLE query_count RENAME TO query_count_away')
  try {
    await work()
  } finally {
    await sql('ALTER TABLE query_count_away RENAME TO query_count')
  }
}

describe('a write', () => {
  test('is not lost for a text whose lower case is longer', async () => {
    own.queryCounts.searched('İ'.repeat(41), false, anAddress())
    own.queryCounts.clicked('İ'.repeat(41))
    own.queryCounts.searched('lower honest', false, anAddress())
    await own.queryCounts.flush(DAY)
    expect(await numberOf('lower honest')).toBe(1)
    expect(await sumsOf('i̇%')).toMatchObject([{ query: 'i̇'.repeat(40), searches: 1, clicks: 1 }])
  })

  test('that fails is repeated with all counts, later ones too', async () => {
    own.queryCounts.searched('again one', false, anAddress())
    await failing(() => expect(own.queryCounts.flush(DAY)).rejects.toThrow('query_count'))
    own.queryCounts.searched('again one', false, anAddress())
    const address = anAddress()
    for (const isInVain of [true, false]) own.queryCounts.searched('again two', isInVain, address)
    await own.queryCounts.flush(DAY)
    expect(await sumsOf('again %')).toEqual([
      { query: 'again one', searches: 2, zero: 0, clicks: 0 },
      { query: 'again two', searches: 1, zero: 1, clicks: 0 },
    ])
  })

  test(`that fails ${MAX_ATTEMPTS} times discards its counts`, async () => {
    // A later search of the same text does not begin the count of attempts anew.
    const address = anAddress()
    const failTimes = async (times: number, text = 'bound kept') => {
      for (let time = 0; time < times; time++) {
        own.queryCounts.searched(text, false, address)
        await expect(own.queryCounts.flush(DAY)).rejects.toThrow('query_count')
      }
    }
    await failing(() => failTimes(MAX_ATTEMPTS - 1))
    await own.queryCounts.flush(DAY)
    await failing(() => failTimes(MAX_ATTEMPTS, 'bound lost'))
    await own.queryCounts.flush(DAY)
    expect((await sumsOf('bound %')).map(({ query }) => query)).toEqual(['bound kept'])
  })
})

test('counts in memory are written when the subgraph closes', async () => {
  own.queryCounts.searched('closing', false, anAddress())
  await own.close()
  expect(await numberOf('closing')).toBe(1)
})

describe('a wide network', () => {
  /** Searches of a network of `2001:db8:<site>::/48`. */
  const insertSearches = (site: string, count: number, isFirst: boolean) =>
    sql(
      `INSERT INTO query_searcher (day, searcher, query, area, is_first)
       SELECT $1::date, 'somebody', $2 || n, $3, $4 FROM generate_series(1, $5::int) n`,
      ...[DAY, `of ${site} `, createHash('sha256').update(`area:2001:db8:${site}::/48`).digest('base64url')],
      ...[isFirst, count],
    )

  test('that may begin one more text begins the one that it searched for first', async () => {
    await insertSearches('dd', MAX_PER_AREA - 1, true)
    for (const text of ['begun b', 'begun a']) own.queryCounts.searched(text, false, '2001:db8:dd::1')
    await own.queryCounts.flush(DAY)
    expect((await sumsOf('begun %')).map(({ query }) => query)).toEqual(['begun b'])
  })

  test('that searches for texts of others may begin as many of its own', async () => {
    await insertSearches('cc', MAX_PER_AREA, false)
    own.queryCounts.searched('own wide', false, '2001:db8:cc::1')
    await own.queryCounts.flush(DAY)
    expect(await numberOf('own wide')).toBe(1)
  })

  test(`is the first to search for at most ${MAX_PER_AREA} texts a day, in one write and in several; texts of others still count`, async () => {
    const within = (site: string, text: number) =>
      `2001:db8:${site}:${Math.floor(text / 100).toString(16)}::1`
    const search = (text: number) => own.queryCounts.searched(`wide ${text}`, false, within('aa', text))
    for (let text = 0; text <= MAX_PER_AREA; text++) search(text)
    await own.queryCounts.flush(DAY)
    expect(await numberOf('wide %')).toBe(MAX_PER_AREA)
    search(MAX_PER_AREA + 100)
    own.queryCounts.searched('wide other', false, within('bb', 0))
    await own.queryCounts.flush(DAY)
    expect(await numberOf('wide %')).toBe(MAX_PER_AREA + 1)
    own.queryCounts.searched('wide other', false, within('aa', MAX_PER_AREA + 200))
    await own.queryCounts.flush(DAY)
    expect(await sumsOf('wide other')).toMatchObject([{ searches: 2 }])
    search(MAX_PER_AREA)
    await own.queryCounts.flush(NEXT_DAY)
    expect(await numberOf('wide %')).toBe(MAX_PER_AREA + 2)
  })
})

describe('a network', () => {
  test('counts once a day for a text', async () => {
    const addresses = ['203.0.113.1', '203.0.113.1', '2001:db8::1', '2001:db8::2', null, null]
    for (const address of addresses) own.queryCounts.searched('once', false, address)
    await own.queryCounts.flush(DAY)
    for (const address of addresses) own.queryCounts.searched('once', true, address)
    await own.queryCounts.flush(DAY)
    expect(await sumsOf('once')).toMatchObject([{ searches: 3, zero: 0 }])
    for (const address of addresses) own.queryCounts.searched('once', true, address)
    await own.queryCounts.flush(NEXT_DAY)
    expect(await sumsOf('once')).toMatchObject([{ searches: 6, zero: 3 }])
  })

  test(`counts for ${MAX_PER_NETWORK} texts a day, in one write and in several`, async () => {
    const [many, few, other] = [anAddress(), anAddress(), anAddress()]
    for (let text = 0; text <= MAX_PER_NETWORK; text++) own.queryCounts.searched(`many ${text}`, false, many)
    for (let text = 1; text < MAX_PER_NETWORK; text++) own.queryCounts.searched(`few ${text}`, false, few)
    await own.queryCounts.flush(DAY)
    for (const text of ['few y', 'few x', 'few 1']) own.queryCounts.searched(text, false, few)
    own.queryCounts.searched('few other', false, other)
    await own.queryCounts.flush(DAY)
    expect(await numberOf('many %')).toBe(MAX_PER_NETWORK)
    expect(await numberOf('few %')).toBe(MAX_PER_NETWORK + 1)
    expect(await numberOf('few x')).toBe(0)
    own.queryCounts.searched('few x', false, few)
    await own.queryCounts.flush(NEXT_DAY)
    expect(await numberOf('few x')).toBe(1)
  })

  test('is deleted after the day; its counts stay', async () => {
    const insert = (from: number, to: number, days: number) =>
      sql(
        `INSERT INTO query_searcher (day, searcher, query)
         SELECT ($4::timestamptz - interval '1 hour')::date - $3::int, 'someone', 'by ' || n
           FROM generate_series($1::int, $2::int) n`,
        ...[from, to, days, shop.now()],
      )
    await insert(1, 1_001, 1)
    await insert(1_002, 1_003, 0)
    await shop.whileLocked(`SELECT 1 FROM query_searcher WHERE query = 'by 7' FOR UPDATE`, [], () =>
      own.queryCounts.forget(shop.now()),
    )
    const left = await sql<{ query: string }>(`SELECT query FROM query_searcher WHERE searcher = 'someone'`)
    expect(left.map(({ query }) => query).toSorted()).toEqual(['by 1002', 'by 1003', 'by 7'])
    expect(await numberOf('once')).toBe(1)
  })
})

describe('texts', () => {
  test('beyond the maximum of a day are not counted; those of the day still are', async () => {
    const day = noonOf(60)
    const counts = counting(3)
    for (const text of ['day a', 'day b']) counts.searched(text, false, anAddress())
    await counts.flush(day)
    for (const text of ['day d', 'day c', 'day a']) counts.searched(text, false, anAddress())
    await counts.flush(day)
    for (const text of ['day c', 'day b']) counts.searched(text, false, anAddress())
    await counts.flush(day)
    expect((await sumsOf('day %')).map(({ query, searches }) => [query, searches])).toEqual([
      ['day a', 2],
      ['day b', 2],
      ['day d', 1],
    ])
  })

  test('beyond the maximum of a day are not counted by replicas that write at once either', async () => {
    const day = noonOf(59)
    const replicas = ['one', 'two'].map((name) => {
      const counts = counting(3)
      for (const text of ['a', 'b']) counts.searched(`replica ${name} ${text}`, false, anAddress())
      return counts
    })
    // Both wait for a row of theirs, after they have counted the texts of the day.
    const held = `INSERT INTO query_count (day, query)
      SELECT $1::timestamptz::date, query FROM unnest($2::text[]) AS query RETURNING 1`
    const works = await shop.whileLocked(held, [day, ['replica one a', 'replica two a']], async () => {
      const writes = replicas.map((counts) => counts.flush(day))
      await shop.untilWaiting(2, writes)
      return writes
    })
    await Promise.all(works)
    expect(await numberOf('replica %')).toBe(3)
  })

  test(`of ${MAX_HELD} searches are held in memory`, async () => {
    const counts = counting(MAX_HELD + 10)
    for (let text = 0; text <= MAX_HELD; text++)
      counts.searched(`held ${text}`, false, `10.0.${Math.floor(text / 250)}.${text % 250}`)
    await counts.flush(noonOf(58))
    expect(await numberOf('held %')).toBe(MAX_HELD)
  })
})

describe('clicks', () => {
  const click = (query: string, clientAddress: string) =>
    shop.execute(
      `mutation ($input: RecordSearchClickInput!) {
        recordSearchClick(input: $input) { isCounted userErrors { ... on UserError { message } } } }`,
      { input: { query, productId: newId('prd') } },
      undefined,
      { clientAddress },
    )

  test('are counted of texts that were searched for on the day', async () => {
    own.queryCounts.searched('click today', false, anAddress())
    own.queryCounts.searched('click yesterday', false, anAddress())
    await own.queryCounts.flush(DAY)
    own.queryCounts.searched('click at once', false, anAddress())
    const clicked = ['click today', 'click today', 'click at once', 'click never']
    for (const text of clicked) own.queryCounts.clicked(text)
    await own.queryCounts.flush(DAY)
    own.queryCounts.clicked('click yesterday')
    await own.queryCounts.flush(NEXT_DAY)
    expect((await sumsOf('click %')).map(({ query, clicks }) => [query, clicks])).toEqual([
      ['click at once', 1],
      ['click today', 2],
      ['click yesterday', 0],
    ])
  })

  test('of one client address are limited to 100 at once, then one in two seconds', async () => {
    expect(CLICKS).toEqual({ burst: 100, everyMs: 2_000 })
    const fill = (key: string, clicks: number) =>
      sql(
        'INSERT INTO throttle (key, empty_at) VALUES ($1, $2)',
        key,
        new Date(shop.now().getTime() + clicks * CLICKS.everyMs),
      )
    own.queryCounts.searched('limited', false, anAddress())
    await fill('search-click:203.0.113.7', CLICKS.burst - 2)
    await fill('search-click:203.0.113.8', CLICKS.burst)
    expect((await click('limited', '203.0.113.7')).data.recordSearchClick.isCounted).toBe(true)
    const { data, errors } = await click('limited', '203.0.113.8')
    expect(data.recordSearchClick).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
    await own.queryCounts.flush(shop.now())
    expect(await sumsOf('limited')).toMatchObject([{ clicks: 1 }])
  })

  test('have their bucket deleted once it is empty', async () => {
    await sql(`INSERT INTO throttle (key, empty_at) VALUES ('search-click:past', $1)`, shop.now())
    await search.timers?.find(({ name }) => name === 'forget-throttles')?.run(own)
    expect(await sql(`SELECT FROM throttle WHERE key = 'search-click:past'`)).toEqual([])
  })
})

describe('suggestions', () => {
  const suggest = async (prefix: string) => {
    await deriveSuggestedQueries(own.prisma, shop.now())
    const { data } = await shop.execute(`{ suggest(prefix: "${prefix}", limit: 20) { kind text } }`)
    const queries = data.suggest.filter(({ kind }: { kind: string }) => kind === 'QUERY')
    return queries.map(({ text }: { text: string }) => text)
  }
  const searchOften = async (text: string, filter?: object) => {
    for (let time = 0; time < MIN_SEARCHES; time++) {
      const { errors } = await shop.execute(
        'query ($text: String!, $filter: SearchFilter) { search(query: $text, filter: $filter) { totalCount } }',
        { text, filter },
        undefined,
        { clientAddress: anAddress() },
      )
      expect(errors).toEqual([])
    }
    await own.queryCounts.flush(shop.now())
  }

  test('have words of the catalogue only', async () => {
    await shop.aProduct({ title: 'Potoroo Ankle', colours: ['Slate'] })
    for (const text of [
      'potoroo slate',
      'potoroos for men',
      'potoroo shop elsewhere',
      'potoroo ★ slate',
      `potoroo ${'slate '.repeat(12)}`,
    ])
      await searchOften(text)
    expect(await suggest('poto')).toEqual(['potoroo slate', 'potoroos for men'])
  })

  test('have a text from when its words are in the catalogue', async () => {
    let time = 1
    const vocabulary = catalogueVocabulary(own.prisma, { perf: { now: () => time }, ttlResolution: 0 })
    const counts = queryCounts({ prisma: own.prisma, vocabulary })
    for (const address of Array.from({ length: MIN_SEARCHES }, anAddress))
      counts.searched('quenda ankle', false, address)
    await counts.flush(shop.now())
    expect(await suggest('quen')).toEqual([])
    await shop.aProduct({ title: 'Quenda Ankle' })
    // Words are remembered for half a minute.
    time += 30_001
    counts.searched('quenda ankle', false, anAddress())
    await counts.flush(shop.now())
    expect(await suggest('quen')).toEqual(['quenda ankle'])
  })

  test('are not withdrawn by a search with a filter that finds nothing', async () => {
    await shop.aProduct({ title: 'Dibbler Ankle', usd: 12 })
    await searchOften('dibbler ankle')
    await searchOften('dibbler ankle', { minPrice: '90.00' })
    await searchOften('dibbler under $1')
    expect(await sumsOf('dibbler%')).toMatchObject([{ zero: 0 }, { zero: 0 }])
    expect(await suggest('dibb')).toEqual(['dibbler ankle'])
  })
})
