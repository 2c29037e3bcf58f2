import { newId } from '@argyle/kit/ids'
import { startClocks, type Target } from '../ticket/clocks.ts'
import type { Ticket } from '../ticket/ticket.ts'

/** The instant at which tickets of tests are opened. */
export const OPENED = new Date('2026-11-01T08:00:00.000Z')

/** An instant some minutes after OPENED. */
export const after = (minutes: number) => new Date(OPENED.getTime() + minutes * 60_000)

export const TARGET: Target = { firstResponseMinutes: 60, resolutionMinutes: 600 }

/** A complete ticket with default values; `but` replaces some of them. */
export function aTicket(but: Partial<Ticket> = {}): Ticket {
  return {
    id: newId('tkt'),
    customerId: 'usr_customer',
    guestEmail: null,
    orderId: null,
    productId: null,
    subject: 'A hole in the left sock',
    status: 'OPEN',
    priority: 'NORMAL',
    assigneeId: null,
    mergedIntoId: null,
    version: 1,
    sequence: 1,
    messageCount: 1,
    createdAt: OPENED,
    updatedAt: OPENED,
    resolvedAt: null,
    ...startClocks(TARGET, OPENED),
    rating: null,
    ratingComment: null,
    ratedAt: null,
    ...but,
  }
}
