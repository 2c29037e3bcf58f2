// Tested in recommendations.int.test.ts: the test runs operations.

import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { deleteOldCounts, publishCounts } from '@argyle/kit/quarter-counts'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { eraseBuyer } from './erasure.ts'
import { VIEWS_COUNTED } from './events.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens, listensToMany } from './listens.ts'
import { type RecommendationsLoaders, recommendationsLoaders } from './loaders.ts'
import { deriveNeighbours, markOldLists } from './neighbours.ts'
import { readDerivedProgress } from './progress.ts'
import { type RecommendationReads, recommendationReads } from './recommendation-reads.ts'
import { resolvers } from './resolvers.ts'
import { deleteOldRows } from './retention.ts'
import { type ViewStore, viewStore } from './view-store.ts'

/** The resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly reads: RecommendationReads
  readonly views: ViewStore
  readonly throttle: Throttle
}

/** The context of a resolver. */
export type Context = {
  readonly viewer: Viewer
  readonly clientAddress: string | null
  readonly views: ViewStore
  readonly load: RecommendationsLoaders
  readonly processedThrough: () => Promise<Date | null>
}

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

export const recommendations = defineSubgraph({
  name: 'recommendations',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const throttle = throttleOn(prisma, clock)
    return {
      prisma,
      clock,
      throttle,
      reads: recommendationReads(prisma),
      views: viewStore(prisma, clock, throttle),
    }
  },
  context: ({ prisma, clock, reads, views }: Resources, { viewer, clientAddress }): Context => ({
    viewer,
    clientAddress,
    views,
    load: recommendationsLoaders(reads, clock()),
    processedThrough: () => readDerivedProgress(prisma),
  }),
  listens,
  listensToMany,
  gathersMessages: true,
  history,
  timers: [
    { name: 'derive-purchases', everyMs: 30 * SECOND_MS, run: derive('PURCHASE') },
    { name: 'derive-views', everyMs: 10 * SECOND_MS, run: derive('VIEW') },
    { name: 'mark-old-lists', everyMs: HOUR_MS, run: ({ prisma, clock }) => markOldLists(prisma, clock()) },
    {
      name: 'publish-view-counts',
      everyMs: 30 * SECOND_MS,
      run: ({ prisma }) => publishCounts(prisma, VIEWS_COUNTED),
    },
    {
      name: 'forget-view-counts',
      everyMs: HOUR_MS,
      run: ({ prisma, clock }) => deleteOldCounts(prisma, clock()),
    },
    { name: 'forget-old', everyMs: HOUR_MS, run: ({ prisma, clock }) => deleteOldRows(prisma, clock()) },
    {
      name: 'erase-deleted-users',
      everyMs: HOUR_MS,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, eraseBuyer),
    },
    { name: 'forget-throttles', everyMs: HOUR_MS, run: ({ throttle }) => throttle.forget() },
  ],
})

function derive(source: Parameters<typeof deriveNeighbours>[1]) {
  return async ({ prisma, clock }: Resources) => {
    await deriveNeighbours(prisma, source, clock())
  }
}
