import { type AuditLog, auditLog } from '@argyle/kit/audit'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens } from './listens.ts'
import { type ReviewLoaders, reviewLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { type ReviewReads, reviewReads } from './review-reads.ts'
import { type ReviewStore, reviewStore } from './review-store.ts'

/** The resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly reviews: ReviewStore
  readonly reads: ReviewReads
  readonly audit: AuditLog
}

/** The context of a resolver. */
export type Context = {
  readonly viewer: Viewer
  readonly reviews: ReviewStore
  readonly reads: ReviewReads
  readonly audit: AuditLog
  readonly load: ReviewLoaders
}

export const reviews = defineSubgraph({
  name: 'reviews',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    return {
      prisma,
      reviews: reviewStore(prisma, clock),
      reads: reviewReads(prisma),
      audit: auditLog(prisma),
    }
  },
  context: ({ reviews, reads, audit }: Resources, { viewer }): Context => ({
    viewer,
    reviews,
    reads,
    audit,
    load: reviewLoaders(reads, viewer),
  }),
  listens,
  history,
})
