import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type GadgetStore, gadgetStore } from './gadget-store.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { listens } from './listens.ts'
import { type GadgetryLoaders, gadgetryLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'

/** The resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly gadgets: GadgetStore
}

/** The context of a resolver. */
export type Context = {
  readonly viewer: Viewer
  readonly gadgets: GadgetStore
  readonly load: GadgetryLoaders
}

export const gadgetry = defineSubgraph({
  name: 'gadgetry',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    return { prisma, gadgets: gadgetStore(prisma, clock) }
  },
  context: ({ gadgets }: Resources, { viewer }): Context => ({
    viewer,
    gadgets,
    load: gadgetryLoaders(gadgets),
  }),
  listens,
})
