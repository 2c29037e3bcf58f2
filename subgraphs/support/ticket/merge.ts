// Tested in ../merge.int.test.ts: its transaction needs a database.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { notFound, type ValidationError, type VersionConflictError } from '@argyle/kit/user-errors'
import { mark, missed } from './clocks.ts'
import { current, merge } from './rules.ts'
import type { Ticket, TicketMergedError } from './ticket.ts'
import type { MergeTicket } from './ticket-input.ts'
import { lockTickets, save, type Tx } from './ticket-rows.ts'

/** Moves the messages of a ticket to another one. Accepts the latter. */
export async function mergeTickets(
  tx: Tx,
  { id: actorId }: UserViewer,
  { id, expectedVersion, intoId, expectedIntoVersion }: MergeTicket,
  now: Date,
): Promise<Decision<Ticket, TicketMergedError | VersionConflictError | ValidationError>> {
  const locked = await lockTickets(tx, [id, intoId])
  const [from, into] = [id, intoId].map((wanted) => locked.find((ticket) => ticket.id === wanted))
  if (!from) return refuse(notFound('ticket', id, ['id']))
  if (!into) return refuse(notFound('ticket', intoId, ['intoId']))
  const usable = [
    current(from, expectedVersion),
    current(into, expectedIntoVersion, { id: 'intoId', version: 'expectedIntoVersion' }),
  ]
  const errors = usable.flatMap((decision) => (decision.ok ? [] : decision.errors))
  if (errors.length > 0) return refuse(...errors)
  const breaches = { from: missed(from, now), into: missed(into, now) }
  const merged = merge(mark(from, breaches.from), mark(into, breaches.into), now)
  if (!merged.ok) return merged
  await tx.ticketMessage.updateMany({ where: { ticketId: id }, data: { ticketId: intoId } })
  const staff = { actorId, action: 'mergeTicket' }
  await save(tx, { before: from, after: merged.value.from, breaches: breaches.from, staff })
  await save(tx, { before: into, after: merged.value.into, breaches: breaches.into, staff })
  return accept(merged.value.into)
}
