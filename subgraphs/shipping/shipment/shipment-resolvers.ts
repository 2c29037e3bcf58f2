import { isSecretOf } from '@argyle/kit/hashed-secret'
import type { Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import type { QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { orderShippingOptions } from '../quote/shipping-options.ts'
import type { OrderReference } from '../references.ts'
import type { Context } from '../subgraph.ts'
import { maySeeOrder } from '../visibility.ts'
import type { ShipmentRow } from './shipment-reads.ts'

function visible(shipment: ShipmentRow | null, viewer: Viewer): ShipmentRow | null {
  return shipment && maySeeOrder(viewer, shipment.fulfilment.customerId) ? shipment : null
}

/**
 * Tests whether the caller may read the shipments of an order: its customer, staff, and whoever has shown the
 * secret of a guest's order. An order that shipping does not know has none.
 */
async function isVisible({ id, guestProof }: OrderReference, { load, viewer }: Context): Promise<boolean> {
  const owner = await load.ownerByOrderId.load(id)
  if (owner === null || maySeeOrder(viewer, owner.customerId)) return true
  return isSecretOf(owner.guestProofHash, guestProof ?? '')
}

export const shipmentQueries: QueryResolvers = {
  shipment: async (_, { id }, { load, viewer }) =>
    visible(await load.shipmentById.load(readId('id', 'shp', id)), viewer),
  shipments: (_, args, { shipments }) => shipments.all(args, args.status ?? null),
}

export const shipmentFields = {
  Order: {
    __resolveReference: (order: OrderReference) => (isId('ord', order.id) ? order : null),
    // Orders gives the consignment only to a caller who may see the order.
    shippingOptions: ({ consignment }, _, { quoting }) => orderShippingOptions(quoting, consignment),
    shipments: async (order, _, context) =>
      (await isVisible(order, context)) ? context.load.shipmentsByOrderId.load(order.id) : null,
    returns: async (order, _, context) =>
      (await isVisible(order, context)) ? context.load.returnsByOrderId.load(order.id) : null,
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
