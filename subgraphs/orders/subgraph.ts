import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { cartLoaders } from './cart/cart-loaders.ts'
import { type CartStore, cartStore } from './cart/cart-store.ts'
import { type CouponStore, couponStore } from './coupon/coupon-store.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { listens } from './listens.ts'
import { orderLoaders } from './order/order-loaders.ts'
import { type OrderStore, orderStore } from './order/order-store.ts'
import { resolvers } from './resolvers.ts'
import { type SagaStore, sagaStore } from './saga/saga-store.ts'

type Stores = {
  readonly carts: CartStore
  readonly coupons: CouponStore
  readonly orders: OrderStore
  readonly sagas: SagaStore
}

/** What lives as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly store: Stores
  readonly throttle: Throttle
}

/** What a resolver has at hand. `now` is one instant for the whole operation. */
export type Context = {
  readonly viewer: Viewer
  readonly now: Date
  /** The client's network address as the router saw it; null where unknown. */
  readonly clientAddress: string | null
  readonly store: Stores
  readonly load: ReturnType<typeof cartLoaders> & ReturnType<typeof orderLoaders>
}

export const orders = defineSubgraph({
  name: 'orders',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  open: async ({ database, clock }): Promise<Resources> => {
    const prisma = openPrisma(PrismaClient, database)
    const throttle = throttleOn(prisma, clock)
    const store: Stores = {
      carts: cartStore(prisma, clock, throttle),
      coupons: couponStore(prisma, clock),
      orders: orderStore({ prisma, clock }),
      sagas: sagaStore(prisma, clock),
    }
    return { prisma, clock, store, throttle }
  },
  context: ({ prisma, clock, store }: Resources, { viewer, clientAddress }): Context => ({
    viewer,
    clientAddress,
    now: clock(),
    store,
    load: { ...cartLoaders(prisma, clock), ...orderLoaders(prisma) },
  }),
  listens,
  timers: [
    { name: 'resume-sagas', everyMs: 5_000, run: ({ store }: Resources) => store.sagas.resumeDue() },
    { name: 'forget-throttles', everyMs: 3_600_000, run: ({ throttle }: Resources) => throttle.forget() },
    { name: 'delete-expired-carts', everyMs: 60_000, run: ({ store }: Resources) => store.carts.sweep() },
  ],
})
