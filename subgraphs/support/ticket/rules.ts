import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import { pause, respond, resume, retarget, startClocks, type Target } from './clocks.ts'
import {
  MAX_MESSAGES,
  mergedError,
  statusError,
  type Ticket,
  type TicketMergedError,
  type TicketPriority,
  type TicketStatusError,
} from './ticket.ts'

const DAY_MS = 86_400_000

type About = Pick<Ticket, 'id' | 'customerId' | 'guestEmail' | 'orderId' | 'productId' | 'subject'>

/** A new ticket with its first message. */
export function open(about: About, target: Target, now: Date): Ticket {
  return {
    ...about,
    ...startClocks(target, now),
    status: 'OPEN',
    priority: 'NORMAL',
    assigneeId: null,
    mergedIntoId: null,
    version: 1,
    sequence: 1,
    messageCount: 1,
    createdAt: now,
    updatedAt: now,
    resolvedAt: null,
    rating: null,
    ratingComment: null,
    ratedAt: null,
  }
}

/** Names of the input fields that hold a ticket and its version. */
export type Named = { readonly id: string; readonly version: string }

const NAMED: Named = { id: 'id', version: 'expectedVersion' }

/** Refuses a merged ticket. */
export function unmerged(ticket: Ticket, { id } = NAMED): Decision<Ticket, TicketMergedError> {
  return ticket.status === 'MERGED' ? refuse(mergedError(ticket, id)) : accept(ticket)
}

/** Refuses a merged ticket, and an outdated version. */
export function current(
  ticket: Ticket,
  expectedVersion: number,
  named = NAMED,
): Decision<Ticket, TicketMergedError | VersionConflictError> {
  if (ticket.status === 'MERGED' || ticket.version === expectedVersion) return unmerged(ticket, named)
  const { message, ...conflict } = versionConflict(expectedVersion, ticket.version)
  const renamed = message.replace(NAMED.version, named.version)
  return refuse({ ...conflict, message: renamed, path: [named.version] })
}

/** The ticket with changed fields, as its next version. */
function next(ticket: Ticket, now: Date, change: Partial<Ticket>): Ticket {
  const { version, sequence } = ticket
  return { ...ticket, ...change, version: version + 1, sequence: sequence + 1, updatedAt: now }
}

function withMessage(ticket: Ticket): Decision<Ticket, ValidationError> {
  if (ticket.messageCount < MAX_MESSAGES) return accept({ ...ticket, messageCount: ticket.messageCount + 1 })
  const message = `ticket ${JSON.stringify(ticket.id)} has ${ticket.messageCount} messages: allowed are ${MAX_MESSAGES} at most; open a new ticket`
  return refuse(validationError(message, ['id']))
}

function mayReopen({ resolvedAt }: Ticket, days: number, now: Date): boolean {
  return resolvedAt !== null && now.getTime() - resolvedAt.getTime() <= days * DAY_MS
}

const tooLate = (ticket: Ticket, days: number) =>
  statusError(ticket, `one that was resolved less than ${days} days ago; open a new ticket`)

/** A message of the customer. It reopens a ticket that was resolved within `reopenDays`. */
export function write(
  ticket: Ticket,
  reopenDays: number,
  now: Date,
): Decision<Ticket, TicketMergedError | TicketStatusError | ValidationError> {
  const usable = unmerged(ticket)
  if (!usable.ok) return usable
  if (ticket.status === 'RESOLVED' && !mayReopen(ticket, reopenDays, now))
    return refuse(tooLate(ticket, reopenDays))
  const longer = withMessage(ticket)
  if (!longer.ok) return longer
  const status = ticket.status === 'OPEN' ? 'OPEN' : 'WAITING_AGENT'
  return accept(next(resume(longer.value, now), now, { status, resolvedAt: null }))
}

/** An answer of an agent. The ticket waits for the customer, and its clock of the resolution pauses. */
export function answer(ticket: Ticket, now: Date): Decision<Ticket, TicketStatusError | ValidationError> {
  if (ticket.status === 'RESOLVED')
    return refuse(statusError(ticket, 'one that is not resolved; reopen it first'))
  const longer = withMessage(ticket)
  if (!longer.ok) return longer
  return accept(next(pause(respond(longer.value, now), now), now, { status: 'WAITING_CUSTOMER' }))
}

/** A note of staff. Neither status nor clocks change. */
export function note(ticket: Ticket, now: Date): Decision<Ticket, TicketMergedError | ValidationError> {
  const usable = unmerged(ticket)
  if (!usable.ok) return usable
  const longer = withMessage(ticket)
  return longer.ok ? accept(next(longer.value, now, {})) : longer
}

export function resolve(ticket: Ticket, now: Date): Decision<Ticket, TicketStatusError> {
  if (ticket.status === 'RESOLVED') return refuse(statusError(ticket, 'one that is not resolved'))
  return accept(next(pause(ticket, now), now, { status: 'RESOLVED', resolvedAt: now }))
}

/** @param reopenDays null: without a time limit, for staff */
export function reopen(
  ticket: Ticket,
  reopenDays: number | null,
  now: Date,
): Decision<Ticket, TicketStatusError> {
  if (ticket.status !== 'RESOLVED') return refuse(statusError(ticket, 'one that is RESOLVED'))
  if (reopenDays !== null && !mayReopen(ticket, reopenDays, now)) return refuse(tooLate(ticket, reopenDays))
  return accept(next(resume(ticket, now), now, { status: 'WAITING_AGENT', resolvedAt: null }))
}

export type Rating = { readonly rating: number; readonly comment: string | null }

export function rate(
  ticket: Ticket,
  { rating, comment }: Rating,
  now: Date,
): Decision<Ticket, TicketStatusError> {
  if (ticket.status !== 'RESOLVED') return refuse(statusError(ticket, 'one that is RESOLVED'))
  return accept(next(ticket, now, { rating, ratingComment: comment, ratedAt: now }))
}

/** The caller has checked that the assignee is an agent. */
export function assign(ticket: Ticket, assigneeId: string | null, now: Date): Ticket {
  return ticket.assigneeId === assigneeId ? ticket : next(ticket, now, { assigneeId })
}

/** Sets the priority, and moves the deadlines to its target. */
export function prioritize(ticket: Ticket, priority: TicketPriority, target: Target, now: Date): Ticket {
  return ticket.priority === priority ? ticket : next(retarget(ticket, target), now, { priority })
}

/** The two tickets after the messages of the first have moved to the second. */
export type Merged = { readonly from: Ticket; readonly into: Ticket }

/** Merges a ticket into another of the same customer. Both have been checked by `current`. */
export function merge(from: Ticket, into: Ticket, now: Date): Decision<Merged, ValidationError> {
  const named = JSON.stringify(into.id)
  if (from.id === into.id)
    return refuse(validationError(`intoId is ${named}: allowed is another ticket`, ['intoId']))
  if (from.customerId !== into.customerId || from.guestEmail !== into.guestEmail) {
    const message = `intoId is ${named}, a ticket of another customer: allowed is one of the same customer`
    return refuse(validationError(message, ['intoId']))
  }
  // A guest has proved one order, and sees only the tickets about it.
  if (from.guestEmail !== null && from.orderId !== into.orderId) {
    const message = `intoId is ${named}, a guest's ticket about another order: allowed is one about the same order`
    return refuse(validationError(message, ['intoId']))
  }
  const messageCount = from.messageCount + into.messageCount
  if (messageCount > MAX_MESSAGES) {
    const message = `the tickets have ${messageCount} messages together: allowed are ${MAX_MESSAGES} at most`
    return refuse(validationError(message, ['intoId']))
  }
  const source = pause(from, now)
  const waits = from.status === 'OPEN' || from.status === 'WAITING_AGENT'
  const isDone = into.status === 'WAITING_CUSTOMER' || into.status === 'RESOLVED'
  const target = waits && isDone ? resume(into, now) : into
  const status = waits && isDone ? 'WAITING_AGENT' : into.status
  const about = { orderId: into.orderId ?? from.orderId, productId: into.productId ?? from.productId }
  const resolvedAt = status === 'RESOLVED' ? into.resolvedAt : null
  return accept({
    from: next(source, now, { status: 'MERGED', mergedIntoId: into.id, messageCount: 0, assigneeId: null }),
    into: next(target, now, { ...about, status, resolvedAt, messageCount }),
  })
}
