// Tested in ../tickets.int.test.ts: its transaction needs a database.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { isSelf, type UserViewer } from '@argyle/kit/identity'
import { notFound, type ValidationError } from '@argyle/kit/user-errors'
import { mark, missed } from './clocks.ts'
import type { Ticket } from './ticket.ts'
import { addMessage, lockTickets, save, type Tx, type Written } from './ticket-rows.ts'
import { isAgent } from './visibility.ts'

/** Persons who may make a change: the customer of the ticket, an agent, or both. */
export type Access = 'CUSTOMER' | 'AGENT' | 'BOTH'

/** A change of one ticket by a person. */
export type ChangeRequest = {
  readonly actor: UserViewer
  readonly access: Access
  readonly mutation: string
  readonly id: string
}

/** The next state of a ticket, with the message that leads to it. */
export type Outcome = {
  readonly after: Ticket
  readonly message?: Written
  /** The event about the message. */
  readonly eventOf?: (after: Ticket, messageId: string) => NewEvent
}

const isOwn = (actor: UserViewer, customerId: string | null) =>
  customerId !== null && isSelf(actor, customerId)

/** A ticket that the caller may not change is answered like one that does not exist. */
function mayChange({ actor, access }: ChangeRequest, { customerId }: Ticket): boolean {
  const [own, agent] = [isOwn(actor, customerId), isAgent(actor)]
  return (own && access !== 'AGENT') || (agent && access !== 'CUSTOMER')
}

/**
 * Locks a ticket, applies `decide` and saves the accepted state. Deadlines that have passed are marked as
 * missed first, in case no timer has done so yet. An unchanged state is not saved.
 */
export async function changeTicket<E>(
  tx: Tx,
  request: ChangeRequest,
  now: Date,
  decide: (ticket: Ticket) => Decision<Outcome, E> | Promise<Decision<Outcome, E>>,
): Promise<Decision<Ticket, E | ValidationError>> {
  const { id, actor, mutation } = request
  const [before] = await lockTickets(tx, [id])
  if (!before || !mayChange(request, before)) return refuse(notFound('ticket', id, ['id']))
  const breaches = missed(before, now)
  const given = mark(before, breaches)
  const decision = await decide(given)
  if (!decision.ok) return decision
  const { after, message, eventOf } = decision.value
  if (after === given) return accept(before)
  const messageId = message ? await addMessage(tx, id, message, now) : null
  const events = messageId && eventOf ? [eventOf(after, messageId)] : []
  const byStaff = !isOwn(actor, before.customerId)
  const staff = byStaff ? { actorId: actor.id, action: mutation } : null
  await save(tx, { before, after, breaches, events, staff })
  return accept(after)
}
