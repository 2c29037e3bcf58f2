import { isSecretOf } from '@argyle/kit/hashed-secret'
import { mayReadOrder, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import type { QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { orderShippingOptions } from '../quote/shipping-options.ts'
import type { OrderReference, Proven } from '../references.ts'
import type { Context } from '../subgraph.ts'
import { maySeeOrder } from '../visibility.ts'
import type { ShipmentRow } from './shipment-reads.ts'

function visible(shipment: ShipmentRow | null, viewer: Viewer): ShipmentRow | null {
  return shipment && maySeeOrder(viewer, shipment.fulfilment.customerId) ? shipment : null
}

/**
 * The parcels or returns of an order with the proof by which the caller sees them; null if the caller may not
 * read them. Its customer and staff may without a proof, and so may callers who have shown the secret of a
 * guest's order. An order that shipping does not know has none.
 */
async function ofOrder<Row>(
  { id, guestProof }: OrderReference,
  { load, viewer }: Context,
  rowsOf: (orderId: string) => Promise<readonly Row[]>,
): Promise<(Row & Proven)[] | null> {
  const owner = await load.ownerByOrderId.load(id)
  // Do not read its rows: an order that becomes known after this statement has an owner that was not checked.
  if (owner === null) return []
  const isTheirs = maySeeOrder(viewer, owner.customerId)
  if (!isTheirs && !(guestProof && isSecretOf(owner.guestProofHash, guestProof))) return null
  const proof: Proven = isTheirs || !guestProof ? {} : { guestProof }
  return (await rowsOf(id)).map((row) => ({ ...row, ...proof }))
}

export const shipmentQueries: QueryResolvers = {
  shipment: async (_, { id }, { load, viewer }) =>
    visible(await load.shipmentById.load(readId('id', 'shp', id)), viewer),
  shipments: (_, args, { shipments }) => shipments.all(args, args.status ?? null),
}

export const shipmentFields = {
  Order: {
    __resolveReference: (order: OrderReference) => (isId('ord', order.id) ? order : null),
    // Orders returns the consignment only to a caller who may see the order.
    shippingOptions: ({ consignment }, _, { quoting }) => orderShippingOptions(quoting, consignment),
    shipments: (order, _, context) =>
      ofOrder(order, context, (id) => context.load.shipmentsByOrderId.load(id)),
    returns: (order, _, context) => ofOrder(order, context, (id) => context.load.returnsByOrderId.load(id)),
  },

  Shipment: {
    __resolveReference: async ({ id }, { load, viewer }) =>
      visible(isId('shp', id) ? await load.shipmentById.load(id) : null, viewer),
    order: ({ orderId, fulfilment }, _, { viewer }) =>
      mayReadOrder(viewer, fulfilment.customerId) ? { id: orderId } : null,
    // Null only for a tombstone, which has no shipments.
    carrier: ({ fulfilment }) => fulfilment.carrier ?? '',
    service: ({ fulfilment }) => fulfilment.service ?? '',
    lines: async ({ id, guestProof }, _, { load }) =>
      (await load.linesByShipmentId.load(id)).map((line) => ({ ...line, guestProof })),
    warehouse: ({ warehouseId }) => ({ id: warehouseId }),
    events: ({ id }, _, { load }) => load.eventsByShipmentId.load(id),
  },

  ShipmentLine: {
    orderLine: ({ orderLineId: id, guestProof = null }) => ({ id, guestProof }),
    variant: ({ variantId }) => ({ id: variantId }),
  },
} satisfies Resolvers
