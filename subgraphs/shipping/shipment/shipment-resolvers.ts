import { requireUser, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import type { QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import type { ShippingLoaders } from '../loaders.ts'
import { orderShippingOptions } from '../quote/shipping-options.ts'
import { maySeeOrder } from '../visibility.ts'
import type { ShipmentRow } from './shipment-reads.ts'

function visible(shipment: ShipmentRow | null, viewer: Viewer): ShipmentRow | null {
  return shipment && maySeeOrder(viewer, shipment.fulfilment.customerId) ? shipment : null
}

/**
 * Tests whether the viewer may read the shipments of an order. An order that shipping does not know has none.
 */
async function isVisible(id: string, viewer: Viewer, load: ShippingLoaders): Promise<boolean> {
  const order = await load.customerByOrderId.load(id)
  return order === null || maySeeOrder(viewer, order.customerId)
}

export const shipmentQueries: QueryResolvers = {
  shipment: async (_, { id }, { load, viewer }) =>
    visible(await load.shipmentById.load(readId('id', 'shp', id)), viewer),
  shipments: (_, args, { shipments }) => shipments.all(args, args.status ?? null),
}

export const shipmentFields = {
  Order: {
    __resolveReference: ({ id, consignment }) => (isId('ord', id) ? { id, consignment } : null),
    async shippingOptions({ consignment }, _, { quoting, viewer }) {
      requireUser(viewer)
      return orderShippingOptions(quoting, consignment)
    },
    async shipments({ id }, _, { load, viewer }) {
      requireUser(viewer)
      return (await isVisible(id, viewer, load)) ? load.shipmentsByOrderId.load(id) : null
    },
    async returns({ id }, _, { load, viewer }) {
      requireUser(viewer)
      return (await isVisible(id, viewer, load)) ? load.returnsByOrderId.load(id) : null
    },
  },

  Shipment: {
    __resolveReference: async ({ id }, { load, viewer }) =>
      visible(isId('shp', id) ? await load.shipmentById.load(id) : null, viewer),
    order: ({ orderId }) => ({ id: orderId }),
    // Null only for a tombstone, which has no shipments.
    carrier: ({ fulfilment }) => fulfilment.carrier ?? '',
    service: ({ fulfilment }) => fulfilment.service ?? '',
    lines: ({ id }, _, { load }) => load.linesByShipmentId.load(id),
    warehouse: ({ warehouseId }) => ({ id: warehouseId }),
    events: ({ id }, _, { load }) => load.eventsByShipmentId.load(id),
  },

  ShipmentLine: {
    orderLine: ({ orderLineId }) => ({ id: orderLineId }),
    variant: ({ variantId }) => ({ id: variantId }),
  },
} satisfies Resolvers
