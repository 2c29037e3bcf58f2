// Tested in ../tickets.int.test.ts: the test checks the transactions that write them.

import { recordChange } from '@argyle/kit/audit'
import type { TransactionOf } from '@argyle/kit/database'
import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { ticketBreached, ticketChanged } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Attachment } from './attachment.ts'
import { type Breach, nextBreach, nextDue } from './clocks.ts'
import type { TicketMessageKind } from './message.ts'
import type { Ticket } from './ticket.ts'
import { ticketReads } from './ticket-reads.ts'

export type Tx = TransactionOf<PrismaClient>

/** A message as it was written. */
export type Written = {
  readonly kind: TicketMessageKind
  readonly authorId: string | null
  readonly body: string
  readonly attachments: readonly Attachment[]
}

/** A saved change, for its events and its audit entry. */
export type Change = {
  readonly before: Ticket | null
  readonly after: Ticket
  readonly breaches?: readonly Breach[]
  /** Further events of the change. */
  readonly events?: readonly NewEvent[]
  /** The member of staff and the mutation; null for a change that the customer or a clock made. */
  readonly staff: { readonly actorId: string; readonly action: string } | null
}

/** Locks tickets in the order of their ids, and reads them. */
export async function lockTickets(tx: Tx, ids: readonly string[]): Promise<Ticket[]> {
  await tx.$executeRaw`SELECT 1 FROM ticket WHERE id = ANY(${[...ids]}) ORDER BY id FOR UPDATE`
  return ticketReads(tx).byIds(ids)
}

const rowOf = (ticket: Ticket) => ({ ...ticket, dueAt: nextDue(ticket), breachAt: nextBreach(ticket) })

/**
 * The part of a ticket that the audit log keeps. The customer's texts are left out, since they could not be
 * erased there.
 */
function stateOf({ subject: _, ratingComment: __, guestEmail: ___, ...state }: Ticket) {
  return state
}

/** Saves a ticket with its events and its audit entry. */
export async function save(
  tx: Tx,
  { before, after, breaches = [], events = [], staff }: Change,
): Promise<void> {
  if (before) await tx.ticket.updateMany({ where: { id: after.id }, data: rowOf(after) })
  else await tx.ticket.createMany({ data: [rowOf(after)] })
  const missed = breaches.length > 0 ? [ticketBreached(after, breaches)] : []
  await appendEvents(tx, [ticketChanged(after), ...missed, ...events])
  if (!staff) return
  const states = { before: before && stateOf(before), after: stateOf(after) }
  await recordChange(tx, { ...staff, subjectId: after.id, ...states, at: after.updatedAt })
}

/** Adds a message. @returns its id */
export async function addMessage(tx: Tx, ticketId: string, message: Written, at: Date): Promise<string> {
  const id = newId('msg')
  const attachments = message.attachments.map(({ name, url }) => ({ name, url }))
  await tx.ticketMessage.createMany({ data: [{ ...message, id, ticketId, attachments, at }] })
  return id
}
