import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import DataLoader from 'dataloader'
import type { Wish } from './conditions.ts'
import { type Counts, readCounts } from './facets.ts'
import { type FilterInput, isFiltering, readFilter } from './filter.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type Highlight, readHighlights } from './highlight.ts'
import { type Hit, isCountedAlong, readHits, readHitsAndCounts } from './hits.ts'
import { type Loosening, loosenings } from './loosening.ts'
import { readQuery } from './query/query-text.ts'
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

/** How a search is asked for, beside its arguments. */
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

export function searches({ prisma, vocabulary, queryCounts, clock }: Parts) {
  /**
   * Runs a search.
   * @throws GraphQLError BAD_USER_INPUT for invalid arguments; never for a text
   */
  return async (args: SearchArgs, { withCounts, clientAddress }: Asked): Promise<SearchResult> => {
    const filter = readFilter(args.filter)
    const sort = args.sort ?? 'RELEVANCE'
    const name = sortName(sort, filter.currency)
    const page = pageArgs(args, { sort: name })
    const understood = await understand(readQuery(args.query), vocabulary)
    const wish = { groups: understood.groups, filter }
    const nothing = understood.isUnsearchable
    const asked = { sort, page, now: clock() }
    // One scan of the matches for both, if possible.
    const whole =
      withCounts && !nothing && isCountedAlong(wish, sort)
        ? await readHitsAndCounts(prisma, wish, asked)
        : null
    const rows = whole?.hits ?? (nothing ? [] : await readHits(prisma, wish, asked))
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
      counts: once(async () => whole?.counts ?? (nothing ? NOTHING : readCounts(prisma, wish))),
      loosen: once(async () => (isEmpty && !nothing ? loosenings(prisma, wish) : [])),
    }
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
