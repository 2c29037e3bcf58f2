import { lookUpSoon } from '../shipment/tracking-store.ts'
import { type OpenCarrier, openCarrier } from './open-carrier.ts'
import { aCreate, openShipping } from './open-shipping.ts'

type Told = { readonly type: string; readonly sequence: number; readonly data: unknown }

/** Shipping with a carrier that it reaches, and a clock that can be put forward. */
export async function openPost() {
  const world: OpenCarrier = await openCarrier()
  let ahead = 0
  const shop = await openShipping({
    settings: world.shippingSettings,
    clock: () => new Date(Date.now() + ahead),
  })
  const { courier } = shop.resources

  return {
    ...shop,
    world,
    courier,

    /** Lets time pass for shipping: leases run out, parcels are due to be looked up. */
    pass(seconds: number): void {
      ahead += seconds * 1_000
    },

    /** An order of this many parcels, to a recipient who may have a turn of their own. */
    async anOrder(parcels = 1, recipient = 'Ada Lovelace', but: object = {}) {
      const create = aCreate({ parcels, ...but })
      const order = { ...create, address: { ...create.address, recipient } }
      await shop.deliver('shipping.create', order)
      return order
    },

    /** The shipments of an order as they are kept, in their order. */
    shipmentsOf: (orderId: string) =>
      shop.resources.prisma.shipment.findMany({ where: { orderId }, orderBy: { position: 'asc' } }),

    /** What was told of an order after its shipments were created, oldest first. */
    async toldOf(orderId: string): Promise<Told[]> {
      const rows: Told[] = await shop.outbox()
      return rows.filter(
        ({ type, data }) =>
          type !== 'shipping.shipment.created' && (data as { orderId?: string }).orderId === orderId,
      )
    },

    /** Lets a parcel go to the scan of this position, and looks it up. */
    async move(labelId: string | null, position: number): Promise<void> {
      await world.moveTo(labelId ?? '', position)
      await lookUpSoon(shop.resources.prisma, labelId ?? '', shop.resources.clock())
      await courier.go()
    },

    async close(): Promise<void> {
      await shop.close()
      await world.close()
    },
  }
}

export type OpenPost = Awaited<ReturnType<typeof openPost>>
