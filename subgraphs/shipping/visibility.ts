import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'

/** Who may see what shipping does for an order: its customer, and staff. To all others it is not there. */
export function maySeeOrder(viewer: Viewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || isShippingStaff(viewer)
}

/** Staff who see every shipment and return. */
export function isShippingStaff(viewer: Viewer): boolean {
  return hasScope(viewer, 'shipping:read') || hasScope(viewer, 'orders:read')
}
