import { scheduleLookup } from '../shipment/tracking-store.ts'
import { type OpenCarrier, openCarrier } from './open-carrier.ts'
import { aCreate, openShipping } from './open-shipping.ts'

type PublishedMessage = { readonly type: string; readonly sequence: number; readonly data: unknown }

/** Shipping with a simulated carrier and a clock that can be advanced. */
export async function openShippingWithCarrier() {
  const world: OpenCarrier = await openCarrier()
  let ahead = 0
  /** The time at which the clock stands; null: it goes on. */
  let standing: number | null = null
  const shop = await openShipping({
    settings: world.shippingSettings,
    clock: () => new Date((standing ?? Date.now()) + ahead),
  })
  const courier = { go: () => shop.runTimer('call-carrier') }

  return {
    ...shop,
    world,
    courier,

    /** Advances the clock of shipping: leases expire, and parcels become due for a lookup. */
    pass(seconds: number): void {
      ahead += seconds * 1_000
    },

    /** Runs `work` while the clock goes on by `pass` alone. */
    async whileClockStands<T>(work: () => Promise<T>): Promise<T> {
      standing = Date.now()
      try {
        return await work()
      } finally {
        standing = null
      }
    },

    /** Creates an order with this number of parcels, whose recipient may have a special behaviour. */
    async anOrder(parcels = 1, recipient = 'Ada Lovelace', but: object = {}) {
      const create = aCreate({ parcels, ...but })
      const order = { ...create, address: { ...create.address, recipient } }
      await shop.deliver('shipping.create', order)
      return order
    },

    /** The rows of an order's shipments, in their order. */
    shipmentsOf: (orderId: string) =>
      shop.resources.prisma.shipment.findMany({ where: { orderId }, orderBy: { position: 'asc' } }),

    /** The messages about an order after the creation of its shipments, oldest first. */
    async publishedAbout(orderId: string): Promise<PublishedMessage[]> {
      const rows: PublishedMessage[] = await shop.outbox()
      return rows.filter(
        ({ type, data }) =>
          type !== 'shipping.shipment.created' && (data as { orderId?: string }).orderId === orderId,
      )
    },

    /** Moves a parcel to the tracking event of this position, and looks it up. */
    async move(labelId: string | null, position: number): Promise<void> {
      await world.moveTo(labelId ?? '', position)
      await scheduleLookup(shop.resources.prisma, labelId ?? '', shop.resources.clock())
      await courier.go()
    },

    async close(): Promise<void> {
      await shop.close()
      await world.close()
    },
  }
}

export type ShippingWithCarrier = Awaited<ReturnType<typeof openShippingWithCarrier>>
