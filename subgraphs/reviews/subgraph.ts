import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { rememberDisplayName, rememberProduct } from './events.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type ReviewLoaders, reviewLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { type ReviewReads, reviewReads } from './review-reads.ts'
import { type ReviewStore, reviewStore } from './review-store.ts'

export type Context = {
  readonly viewer: Viewer
  readonly store: ReviewStore
  readonly reads: ReviewReads
  readonly load: ReviewLoaders
}

export const reviews = defineSubgraph({
  name: 'reviews',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock }) {
    const prisma = openPrisma(PrismaClient, database)
    return { prisma, store: reviewStore(prisma, clock), reads: reviewReads(prisma) }
  },
  context: ({ store, reads }, { viewer }): Context => ({
    viewer,
    store,
    reads,
    load: reviewLoaders(reads, viewer),
  }),
  listens: {
    'users.profile.updated': rememberDisplayName,
    'products.product.changed': rememberProduct,
  },
})
