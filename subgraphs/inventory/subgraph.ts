import type { Clock } from '@argyle/kit/clock'
import {
  type CopyWaiter,
  copyApplied,
  copyWaiter,
  forgetCopyProgress,
  recordCopyProgress,
} from '@argyle/kit/copies'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { appendEvents } from '@argyle/kit/outbox'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { commandedOrder, reserveCommand, restockCommand, variantsOfProduct } from './events.ts'
import { expireDue } from './expiry.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type InventoryLoaders, inventoryLoaders } from './inventory-loaders.ts'
import { reserve, settle } from './reservation-store.ts'
import { resolvers } from './resolvers.ts'
import { restock } from './restock-store.ts'
import { rememberVariants } from './variant-store.ts'

/** What a resolver gets. */
export type Context = {
  readonly viewer: Viewer
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly availabilityCopied: CopyWaiter
  readonly load: InventoryLoaders
}

export const inventory = defineSubgraph({
  name: 'inventory',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock, publishNow }) {
    const prisma = openPrisma(PrismaClient, database)
    return { prisma, clock, availabilityCopied: copyWaiter({ prisma, consumers: ['orders'], publishNow }) }
  },
  context: ({ prisma, clock, availabilityCopied }, { viewer }): Context => ({
    viewer,
    prisma,
    clock,
    availabilityCopied,
    load: inventoryLoaders(prisma),
  }),
  listens: {
    'inventory.reserve': (message, tx, { clock }) => reserve(tx, reserveCommand(message), clock()),
    'inventory.commit': (message, tx, { clock }) => settle(tx, 'commit', commandedOrder(message), clock()),
    'inventory.release': (message, tx, { clock }) => settle(tx, 'release', commandedOrder(message), clock()),
    'inventory.restock': (message, tx, { clock }) => restock(tx, restockCommand(message), clock()),
    'orders.availability.applied': recordCopyProgress,
    'products.product.changed': async (message, tx) => {
      await rememberVariants(tx, variantsOfProduct(message))
      await appendEvents(tx, [copyApplied('inventory.product.applied', message)])
    },
  },
  timers: [
    { name: 'expire reservations', everyMs: 5_000, run: (resources) => expireDue(resources) },
    { name: 'forget-copy-progress', everyMs: 3_600_000, run: ({ prisma }) => forgetCopyProgress(prisma) },
  ],
})
