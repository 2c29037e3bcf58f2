// Tested in events.int.test.ts: the file has no logic of its own.

import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { readProgress } from '@argyle/kit/progress'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { deriveStaleListings } from './category-copies.ts'
import { clickCounter } from './clicks.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens, listensToMany } from './listens.ts'
import { type SearchLoaders, searchLoaders } from './loaders.ts'
import { deleteOldOrders } from './order-copies.ts'
import { type QueryCounts, queryCounts } from './query-counts.ts'
import { resolvers } from './resolvers.ts'
import { type Searches, searches } from './search.ts'
import { deriveSuggestedQueries } from './suggested-queries.ts'
import { type Suggestion, suggest } from './suggestions.ts'
import { catalogueVocabulary } from './vocabulary.ts'

/** The resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly search: Searches
  readonly queryCounts: QueryCounts
  readonly throttle: Throttle
  close(): Promise<void>
}

/** The context of a resolver. */
export type Context = {
  readonly viewer: Viewer
  readonly clientAddress: string | null
  readonly prisma: PrismaClient
  readonly search: Searches
  readonly countClick: (query: string, clientAddress: string | null) => Promise<void>
  readonly suggest: (prefix: string, limit: number) => Promise<Suggestion[]>
  readonly indexedThrough: () => Promise<Date | null>
  readonly load: SearchLoaders
}

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

export const search = defineSubgraph({
  name: 'search',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const vocabulary = catalogueVocabulary(prisma)
    const counts = queryCounts({ prisma, vocabulary })
    return {
      prisma,
      clock,
      queryCounts: counts,
      throttle: throttleOn(prisma, clock),
      search: searches({ prisma, vocabulary, queryCounts: counts, clock }),
      close: () => counts.flush(clock()),
    }
  },
  context: (
    { prisma, search: find, queryCounts: counts, throttle }: Resources,
    { viewer, clientAddress },
  ): Context => ({
    viewer,
    clientAddress,
    prisma,
    search: find,
    countClick: clickCounter(counts, throttle),
    suggest: (prefix, limit) => suggest(prisma, prefix, limit),
    indexedThrough: () => readProgress(prisma),
    load: searchLoaders(prisma),
  }),
  listens,
  listensToMany,
  gathersMessages: true,
  history,
  timers: [
    {
      name: 'derive-stale-listings',
      everyMs: SECOND_MS,
      due: `SELECT '-infinity'::timestamptz FROM stale_listing ORDER BY product_id LIMIT 1`,
      run: ({ prisma }) => deriveStaleListings(prisma),
    },
    {
      name: 'write-query-counts',
      everyMs: 5 * SECOND_MS,
      run: ({ queryCounts: counts, clock }) => counts.flush(clock()),
    },
    {
      name: 'derive-suggested-queries',
      everyMs: 10 * 60 * SECOND_MS,
      run: ({ prisma, clock }) => deriveSuggestedQueries(prisma, clock()),
    },
    {
      name: 'forget-query-counts',
      everyMs: HOUR_MS,
      run: ({ queryCounts: counts, clock }) => counts.forget(clock()),
    },
    { name: 'forget-throttles', everyMs: HOUR_MS, run: ({ throttle }) => throttle.forget() },
    { name: 'forget-orders', everyMs: HOUR_MS, run: ({ prisma, clock }) => deleteOldOrders(prisma, clock()) },
  ],
})
