import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { decimalsOf, parseAmount } from '@argyle/kit/money'
import DataLoader from 'dataloader'
import type { Wish } from './conditions.ts'
import { type Counts, readCounts } from './facets.ts'
import { type Filter, type FilterInput, isFiltering, readFilter } from './filter.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type Highlight, readHighlights } from './highlight.ts'
import { type Hit, isCountedAlong, readHits, readHitsAndCounts } from './hits.ts'
import { type Loosening, loosenings } from './loosening.ts'
import { type PriceLimit, readQuery } from './query/query-text.ts'
import { type Understood, understand, type Vocabulary } from './query/understand.ts'
import type { QueryCounts } from './query-counts.ts'
import { type SearchSort, sortName } from './sort.ts'

export type SearchArgs = {
  readonly query: string
  readonly filter?: FilterInput | null
  readonly sort?: SearchSort | null
  readonly first?: number | null
  readonly after?: string | null
}

/** Parent value of a SearchConnection. Counts, facets and highlights are read only when they are selected. */
export type SearchResult = {
  readonly edges: readonly SearchHitEdge[]
  readonly pageInfo: Connection<Hit>['pageInfo']
  readonly wish: Wish
  readonly understood: Understood
  readonly counts: () => Promise<Counts>
  readonly loosen: () => Promise<Loosening[]>
}

export type SearchHitEdge = {
  readonly cursor: string
  readonly node: Hit
  readonly highlight: () => Promise<Highlight>
}

/** The selected counts and the caller of a search. */
export type Asked = {
  /** True if the counts are selected. */
  readonly withCounts: boolean
  readonly clientAddress: string | null
}

type Parts = {
  readonly prisma: PrismaClient
  readonly vocabulary: Vocabulary
  readonly queryCounts: QueryCounts
  readonly clock: () => Date
}

const NOTHING: Counts = { total: 0, isExact: true, valuesOf: () => [], ratings: [], inStock: 0, prices: null }

type Found = {
  readonly understood: Understood
  readonly wish: Wish
  readonly rows: readonly Hit[]
  /** Null if they were not read together with the hits. */
  readonly counts: Counts | null
}

type Finding = {
  readonly filter: Filter
  readonly asked: Parameters<typeof readHits>[2]
  readonly withCounts: boolean
}

export function searches({ prisma, vocabulary, queryCounts, clock }: Parts) {
  async function findAll(understood: Understood, { filter, asked, withCounts }: Finding): Promise<Found> {
    const wish = { groups: understood.groups, filter }
    if (understood.isUnsearchable) return { understood, wish, rows: [], counts: null }
    // One scan of the matches for both, if possible.
    if (withCounts && isCountedAlong(wish, asked.sort)) {
      const { hits: rows, counts } = await readHitsAndCounts(prisma, wish, asked)
      return { understood, wish, rows, counts }
    }
    return { understood, wish, rows: await readHits(prisma, wish, asked), counts: null }
  }

  /** Finds the results of a text. The sizes are omitted if no product has both them and the rest. */
  async function find(understood: Understood, finding: Finding): Promise<Found> {
    const found = await findAll(understood, finding)
    const groups = understood.groups.filter(({ isSize, isExcluded }) => !isSize || isExcluded)
    if (found.rows.length > 0 || groups.length === understood.groups.length || groups.length === 0)
      return found
    const { asked } = finding
    const first = { ...asked, page: { ...asked.page, after: null, first: 1 } }
    const isAtEnd = asked.page.after !== null && (await readHits(prisma, found.wish, first)).length > 0
    return isAtEnd ? found : findAll({ ...understood, groups }, finding)
  }

  /**
   * Runs a search.
   * @throws GraphQLError BAD_USER_INPUT for invalid arguments; never for a text
   */
  return async (args: SearchArgs, { withCounts, clientAddress }: Asked): Promise<SearchResult> => {
    const query = readQuery(args.query)
    const filter = limitedBy(query.priceLimit, readFilter(args.filter))
    const sort = args.sort ?? 'RELEVANCE'
    const name = sortName(sort, filter.currency)
    const page = pageArgs(args, { sort: name })
    const whole = await understand(query, vocabulary)
    const nothing = whole.isUnsearchable
    const asked = { sort, page, now: clock() }
    const found = await find(whole, { filter, asked, withCounts })
    const { understood, wish, counts, rows } = found
    // A later page belongs to the same search, so it is not counted.
    if (page.after === null) {
      const isInVain = rows.length === 0 && !isFiltering(filter)
      queryCounts.searched(args.query, isInVain, clientAddress)
    }
    const connection = connectionOf(rows, page, { sort: name, cursorOf: ({ value, id }) => [value, id] })
    const highlights = highlightLoader(prisma, understood)
    const isEmpty = rows.length === 0 && page.after === null
    return {
      pageInfo: connection.pageInfo,
      edges: connection.edges.map((edge) => ({ ...edge, highlight: () => highlights.load(edge.node) })),
      wish,
      understood,
      counts: once(async () => counts ?? (nothing ? NOTHING : readCounts(prisma, wish))),
      loosen: once(async () => (isEmpty && !nothing ? loosenings(prisma, wish) : [])),
    }
  }
}

/** The filter with the price that the text limits, if the filter limits none. */
function limitedBy(limit: PriceLimit | null, filter: Filter): Filter {
  if (!limit || filter.minPrice !== null || filter.maxPrice !== null) return filter
  const currency = limit.currency ?? filter.currency
  return {
    ...filter,
    currency,
    maxPrice: parseAmount(Number(limit.amount).toFixed(decimalsOf(currency)), currency).minor,
  }
}

export type Searches = ReturnType<typeof searches>

/** The highlights of all hits of a page in one statement. */
function highlightLoader(prisma: PrismaClient, { groups }: Understood) {
  return new DataLoader<Hit, Highlight>(async (hits) => {
    const rows = await readHighlights(
      prisma,
      groups,
      hits.map(({ id }) => id),
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    return hits.map(
      ({ id, title }) => byId.get(id) ?? { id, title: [{ text: title, isMatch: false }], description: [] },
    )
  })
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
