import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { type CartStore, cartStore } from './cart/cart-store.ts'
import { type CouponStore, couponStore } from './coupon/coupon-store.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { listens } from './listens.ts'
import { type OrdersLoaders, ordersLoaders } from './loaders.ts'
import { type OrderStore, orderStore } from './order/order-store.ts'
import { resolvers } from './resolvers.ts'
import { type SagaStore, sagaStore } from './saga/saga-store.ts'

/** The stores, each under the plural of what it holds. */
type Stores = {
  readonly carts: CartStore
  readonly coupons: CouponStore
  readonly orders: OrderStore
  readonly sagas: SagaStore
}

/** What lives as long as the subgraph. */
export type Resources = Stores & {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly throttle: Throttle
}

/** What a resolver has at hand. `now` is one instant for the whole operation. */
export type Context = Stores & {
  readonly viewer: Viewer
  readonly now: Date
  /** The client's network address as the router saw it; null where unknown. */
  readonly clientAddress: string | null
  readonly load: OrdersLoaders
}

export const orders = defineSubgraph({
  name: 'orders',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  open: async ({ database, clock }): Promise<Resources> => {
    const prisma = openPrisma(PrismaClient, database)
    const throttle = throttleOn(prisma, clock)
    return {
      prisma,
      clock,
      throttle,
      carts: cartStore(prisma, clock, throttle),
      coupons: couponStore(prisma, clock),
      orders: orderStore({ prisma, clock }),
      sagas: sagaStore(prisma, clock),
    }
  },
  context: ({ prisma, clock, throttle: _, ...stores }: Resources, { viewer, clientAddress }): Context => ({
    ...stores,
    viewer,
    clientAddress,
    now: clock(),
    load: ordersLoaders(prisma, clock),
  }),
  listens,
  timers: [
    { name: 'resume-sagas', everyMs: 5_000, run: ({ sagas }: Resources) => sagas.resumeDue() },
    { name: 'forget-throttles', everyMs: 3_600_000, run: ({ throttle }: Resources) => throttle.forget() },
    { name: 'delete-expired-carts', everyMs: 60_000, run: ({ carts }: Resources) => carts.sweep() },
  ],
})
