import type { UserError } from '@argyle/kit/user-errors'
import type { TicketPriority, TicketStatus } from '../generated/prisma/enums.ts'
import type { Clocks } from './clocks.ts'

export type { TicketPriority, TicketStatus }

/** Maximum number of messages of a ticket, notes included. */
export const MAX_MESSAGES = 500

/** Maximum number of a customer's tickets that are not resolved. */
export const MAX_UNRESOLVED = 20
/** Maximum number of tickets that a customer opens in 24 hours, resolved or not. */
export const MAX_PER_DAY = 50

export type Ticket = Clocks & {
  readonly id: string
  /** Null for a guest. */
  readonly customerId: string | null
  /** In lower case; null for an account. */
  readonly guestEmail: string | null
  readonly orderId: string | null
  readonly productId: string | null
  readonly subject: string
  readonly status: TicketStatus
  readonly priority: TicketPriority
  readonly assigneeId: string | null
  readonly mergedIntoId: string | null
  /** Incremented by each change that a person makes. */
  readonly version: number
  /** Incremented by each change, including those of a clock. It is the sequence of events. */
  readonly sequence: number
  readonly messageCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly resolvedAt: Date | null
  readonly rating: number | null
  readonly ratingComment: string | null
  readonly ratedAt: Date | null
}

export type TicketMergedError = UserError & {
  readonly __typename: 'TicketMergedError'
  readonly mergedId: string
}

export type TicketStatusError = UserError & {
  readonly __typename: 'TicketStatusError'
  readonly status: TicketStatus
}

export type UnknownOrderError = UserError & {
  readonly __typename: 'UnknownOrderError'
  readonly processedThrough: Date | null
}

/** @param ticket the merged one, which the caller named in the field `path` */
export function mergedError({ id }: Ticket, path: string): TicketMergedError {
  const message = `${path} is ${JSON.stringify(id)}, which was merged: allowed is the ticket that has its messages, see mergedInto`
  return { __typename: 'TicketMergedError', message, path: [path], mergedId: id }
}

export function statusError({ id, status }: Ticket, allowed: string): TicketStatusError {
  const message = `ticket ${JSON.stringify(id)} is ${status}: allowed is ${allowed}`
  return { __typename: 'TicketStatusError', message, path: ['id'], status }
}

/** A later order becomes known as soon as its message has arrived. */
export function unknownOrder(orderId: string, processedThrough: Date | null): UnknownOrderError {
  const message = `orderId is ${JSON.stringify(orderId)}: allowed is an order of yours; one that was just placed can be named in a second or so`
  return { __typename: 'UnknownOrderError', message, path: ['orderId'], processedThrough }
}
