import { type AuditLog, auditLog } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { copyWaiter, deleteOldCopyProgress } from '@argyle/kit/copies'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { expireDue } from './expiry.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens } from './listens.ts'
import { type InventoryLoaders, inventoryLoaders } from './loaders.ts'
import { type LowStockAlertStore, lowStockAlertStore } from './low-stock-alert-store.ts'
import { resolvers } from './resolvers.ts'
import { publishStockCounts } from './stock-count.ts'
import { type StockLevelStore, stockLevelStore } from './stock-level-store.ts'
import { type WarehouseStore, warehouseStore } from './warehouse-store.ts'

/** The stores, each under the plural of its entity. */
type Stores = {
  readonly warehouses: WarehouseStore
  readonly stockLevels: StockLevelStore
  readonly lowStockAlerts: LowStockAlertStore
  /** The audit log of staff changes. */
  readonly audit: AuditLog
}

/** The resources that live as long as the subgraph. */
export type Resources = Stores & {
  readonly prisma: PrismaClient
  readonly clock: Clock
}

/** The context of a resolver. */
export type Context = Stores & {
  readonly viewer: Viewer
  readonly load: InventoryLoaders
}

/** The subgraphs that decide by a copy of availabilities. */
const COPIES = ['orders']

export const inventory = defineSubgraph({
  name: 'inventory',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  async open({ database, clock, publishNow }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const availabilityCopied = copyWaiter({ prisma, consumers: COPIES, publishNow })
    return {
      prisma,
      clock,
      warehouses: warehouseStore(prisma, clock),
      stockLevels: stockLevelStore({ prisma, clock, availabilityCopied }),
      lowStockAlerts: lowStockAlertStore(prisma, clock),
      audit: auditLog(prisma),
    }
  },
  context: ({ prisma, clock: _, ...stores }: Resources, { viewer }): Context => ({
    ...stores,
    viewer,
    load: inventoryLoaders(prisma),
  }),
  listens,
  history,
  timers: [
    {
      name: 'expire-reservations',
      everyMs: 5_000,
      due: `SELECT min(expires_at) FROM reservation WHERE status = 'HELD'`,
      run: (resources: Resources, stop) => expireDue(resources, stop),
    },
    {
      name: 'publish-stock-counts',
      everyMs: 60_000,
      run: (resources: Resources) => publishStockCounts(resources),
    },
    { name: 'forget-copy-progress', everyMs: 3_600_000, run: ({ prisma }) => deleteOldCopyProgress(prisma) },
  ],
})
