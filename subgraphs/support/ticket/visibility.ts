import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import type { Ticket } from './ticket.ts'

/** Tests who may read a customer's tickets: the customer, and staff. For others they do not exist. */
export function maySee(viewer: Viewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || isSupport(viewer)
}

/** Staff who read all tickets, with their notes. */
export function isSupport(viewer: Viewer): boolean {
  return hasScope(viewer, 'support:read')
}

/** The ticket that a merged one leads to. Guests see tickets about the order that they have proved: those of another order do not exist for them. */
export function leadsTo<T extends Pick<Ticket, 'orderId'>>(
  viewer: Viewer,
  from: Pick<Ticket, 'guestEmail' | 'orderId'>,
  into: T | null,
): T | null {
  const isWithin = from.guestEmail === null || from.orderId === into?.orderId
  return isWithin || isSupport(viewer) ? into : null
}

/** Staff who act on tickets of others. */
export function isAgent(viewer: Viewer): boolean {
  return hasScope(viewer, 'support:write')
}
