import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { webhookRoute } from './carrier/webhook-route.ts'
import { listens } from './listens.ts'
import { type ShippingLoaders, shippingLoaders } from './loaders.ts'
import { openResources, type Shipping } from './open.ts'
import { resolvers } from './resolvers.ts'
import { shippingSettings } from './settings.ts'
import { eraseDestinations } from './shipment/erase-destinations.ts'

/** The resources that live as long as the subgraph. */
export type Resources = Shipping

/**
 * The stores, each under the plural of its entity, the signing keys of quotes, and the audit log of staff
 * changes.
 */
type Stores = Pick<
  Resources,
  'zones' | 'methods' | 'rates' | 'shipments' | 'returns' | 'guestReturns' | 'quoting' | 'audit'
>

/** The context of a resolver. */
export type Context = Stores & {
  readonly viewer: Viewer
  /** The client's network address as seen by the router; null if unknown. */
  readonly clientAddress: string | null
  readonly load: ShippingLoaders
}

export const shipping = defineSubgraph({
  name: 'shipping',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: shippingSettings,
  open: openResources,
  context: (
    { prisma, zones, methods, rates, shipments, returns, guestReturns, quoting, audit }: Resources,
    { viewer, clientAddress },
  ): Context => ({
    ...{ zones, methods, rates, shipments, returns, guestReturns, quoting, audit, viewer, clientAddress },
    load: shippingLoaders(prisma),
  }),
  listens,
  timers: [
    {
      name: 'call-carrier',
      everyMs: 500,
      due: 'SELECT min(call_at) FROM shipment',
      run: ({ courier }: Resources) => courier.go(),
    },
    {
      name: 'erase-deleted-users',
      everyMs: 60_000,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, eraseDestinations),
    },
    { name: 'rotate-quote-keys', everyMs: 3_600_000, run: ({ keys }) => keys.rotate() },
    { name: 'forget-throttles', everyMs: 3_600_000, run: ({ throttle }) => throttle.forget() },
  ],
  routes: webhookRoute,
})
