// Tested in checkout.int.test.ts: the file has no logic of its own.

import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { deleteOldCounts, publishCounts } from '@argyle/kit/quarter-counts'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import type { CartHead } from './cart/cart.ts'
import { type CartStore, cartStore } from './cart/cart-store.ts'
import { checkoutTotals, type TotalsArguments } from './checkout/checkout-totals.ts'
import type { Totals } from './checkout/totals.ts'
import { forgetQuoteKeys } from './copies.ts'
import { type CouponStore, couponStore } from './coupon/coupon-store.ts'
import { eraseCustomer } from './erasure.ts'
import { CARTS_COUNTED } from './events.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type GuestStore, guestStore } from './guest/guest-store.ts'
import { history } from './history.ts'
import { invoiceRoute } from './invoice/invoice-route.ts'
import { type InvoiceStore, invoiceStore } from './invoice/invoice-store.ts'
import { listens } from './listens.ts'
import { type OrdersLoaders, ordersLoaders } from './loaders.ts'
import { type OrderStore, orderStore } from './order/order-store.ts'
import { type PaymentChoiceStore, paymentChoiceStore } from './order/payment-choice-store.ts'
import { resolvers } from './resolvers.ts'
import { type SagaStore, sagaStore } from './saga/saga-store.ts'
import { type SecretKeys, secretKeys } from './secret-keys.ts'
import { settings } from './settings.ts'
import { type TaxStore, taxStore } from './tax/tax-store.ts'

/** The stores, each under the plural of its entity. */
type Stores = {
  readonly carts: CartStore
  readonly coupons: CouponStore
  readonly orders: OrderStore
  readonly paymentChoices: PaymentChoiceStore
  readonly guests: GuestStore
  readonly sagas: SagaStore
  readonly taxes: TaxStore
  readonly invoices: InvoiceStore
}

/** The resources that live as long as the subgraph. */
export type Resources = Stores & {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly throttle: Throttle
  readonly keys: SecretKeys
}

/** The context of a resolver. `now` is the same instant for the whole operation. */
export type Context = Stores & {
  readonly viewer: Viewer
  readonly now: Date
  /** The client's network address as seen by the router; null if unknown. */
  readonly clientAddress: string | null
  readonly load: OrdersLoaders
  /** Reads the audit log of staff changes. */
  readonly audit: Pick<PrismaClient, '$queryRawUnsafe' | '$executeRawUnsafe'>
  /** The totals of an order of a cart for a destination. */
  totalsOf(cart: CartHead, args: TotalsArguments): Promise<Totals>
}

export const orders = defineSubgraph({
  name: 'orders',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: settings,
  open: async ({ database, clock, config: { publicUrl } }): Promise<Resources> => {
    const prisma = openPrisma(PrismaClient, database)
    const throttle = throttleOn(prisma, clock)
    const keys = secretKeys(prisma)
    const orders = orderStore({ prisma, clock })
    const paymentChoices = paymentChoiceStore({ prisma, clock })
    const sagas = sagaStore(prisma, clock)
    return {
      prisma,
      clock,
      throttle,
      keys,
      carts: cartStore(prisma, clock, throttle),
      coupons: couponStore(prisma, clock),
      orders,
      paymentChoices,
      guests: guestStore({ prisma, orders, paymentChoices, sagas, keys, throttle }),
      sagas,
      taxes: taxStore(prisma, clock),
      invoices: invoiceStore({ prisma, clock, keys, publicUrl }),
    }
  },
  context: (
    { prisma, clock, throttle: _, keys: __, ...stores }: Resources,
    { viewer, clientAddress },
  ): Context => {
    const load = ordersLoaders(prisma, clock)
    return {
      ...stores,
      viewer,
      clientAddress,
      now: clock(),
      load,
      audit: prisma,
      totalsOf: async (cart, args) =>
        checkoutTotals(prisma, { cart, pricing: await load.pricingByCart.load(cart) }, args, clock()),
    }
  },
  listens,
  history,
  timers: [
    {
      name: 'resume-sagas',
      everyMs: 5_000,
      due: 'SELECT min(due_at) FROM orders',
      run: ({ sagas }: Resources, stop) => sagas.resumeDue(stop),
    },
    { name: 'number-invoices', everyMs: 2_000, run: ({ invoices }: Resources) => invoices.number() },
    {
      name: 'forget-quote-keys',
      everyMs: 3_600_000,
      run: ({ prisma, clock }: Resources) => forgetQuoteKeys(prisma, clock()),
    },
    { name: 'forget-throttles', everyMs: 3_600_000, run: ({ throttle }: Resources) => throttle.forget() },
    {
      name: 'erase-deleted-users',
      everyMs: 60_000,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, eraseCustomer),
    },
    {
      name: 'publish-cart-counts',
      everyMs: 30_000,
      run: ({ prisma }) => publishCounts(prisma, CARTS_COUNTED),
    },
    {
      name: 'forget-cart-counts',
      everyMs: 3_600_000,
      run: ({ prisma, clock }) => deleteOldCounts(prisma, clock()),
    },
    { name: 'delete-expired-carts', everyMs: 60_000, run: ({ carts }: Resources) => carts.sweep() },
  ],
  routes: (app, resources: Resources) => invoiceRoute(app, resources),
})
