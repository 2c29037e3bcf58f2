import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'

/** Tests who may read a customer's tickets: the customer, and staff. For others they do not exist. */
export function maySee(viewer: Viewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || isSupport(viewer)
}

/** Staff who read all tickets, with their notes. */
export function isSupport(viewer: Viewer): boolean {
  return hasScope(viewer, 'support:read')
}

/** Staff who act on tickets of others. */
export function isAgent(viewer: Viewer): boolean {
  return hasScope(viewer, 'support:write')
}
