import { type AuditLog, auditLog } from '@argyle/kit/audit'
import { copyWaiter, deleteOldCopyProgress } from '@argyle/kit/copies'
import { openPrisma } from '@argyle/kit/database'
import { hasScope, type Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type CategoryStore, categoryStore } from './category-store.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { imageRoute } from './image.ts'
import { listens } from './listens.ts'
import { type ProductLoaders, productLoaders } from './loaders.ts'
import { type ProductLists, productLists } from './product-list.ts'
import { type ProductStore, productStore } from './product-store.ts'
import { resolvers } from './resolvers.ts'
import { productSettings } from './settings.ts'

type Stores = {
  readonly products: ProductStore
  readonly categories: CategoryStore
  readonly lists: ProductLists
  readonly audit: AuditLog
  /** The base URL of the pictures, without a trailing slash. */
  readonly publicUrl: string
}

/** The resources that live as long as the subgraph. */
export type Resources = Stores & { readonly prisma: PrismaClient }

/** The context of a resolver. */
export type Context = Stores & {
  readonly viewer: Viewer
  readonly load: ProductLoaders
}

/** The subgraphs that decide by a copy of products. */
const COPIES = ['orders', 'inventory', 'reviews']
const HOUR_MS = 3_600_000

export const products = defineSubgraph({
  name: 'products',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: productSettings,
  async open({ database, clock, config: { publicUrl }, publishNow }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const productCopied = copyWaiter({ prisma, consumers: COPIES, publishNow })
    const stores = {
      products: productStore(prisma, clock, productCopied),
      categories: categoryStore(prisma, clock),
    }
    return { prisma, publicUrl, lists: productLists(prisma), audit: auditLog(prisma), ...stores }
  },
  context: ({ prisma, ...stores }: Resources, { viewer }): Context => ({
    ...stores,
    viewer,
    load: productLoaders(prisma, hasScope(viewer, 'catalog:write')),
  }),
  listens,
  history,
  timers: [
    { name: 'forget-copy-progress', everyMs: HOUR_MS, run: ({ prisma }) => deleteOldCopyProgress(prisma) },
  ],
  routes: (app, { prisma }) => imageRoute(app, prisma),
})
