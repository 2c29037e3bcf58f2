import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'

/** Tests who may read the fulfilment of an order: its customer and staff. For others it does not exist. */
export function maySeeOrder(viewer: Viewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || isShippingStaff(viewer)
}

/** Tests whether the viewer is staff who may read every shipment and return. */
export function isShippingStaff(viewer: Viewer): boolean {
  return hasScope(viewer, 'shipping:read') || hasScope(viewer, 'orders:read')
}
