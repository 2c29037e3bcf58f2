import type { NewEvent } from '@argyle/kit/envelope'
import type { Breach } from './ticket/clocks.ts'
import type { Ticket } from './ticket/ticket.ts'

const instant = (time: Date | null) => time?.toISOString() ?? null

/** `support.ticket.changed`: the complete state of a ticket, without its texts. */
export function ticketChanged(ticket: Ticket): NewEvent {
  const { id: ticketId, sequence, customerId, orderId, productId, status, priority, rating } = ticket
  const { assigneeId, mergedIntoId } = ticket
  const data = {
    ...{ ticketId, customerId, orderId, productId, status, priority, assigneeId, mergedIntoId, rating },
    openedAt: instant(ticket.createdAt),
    firstRespondedAt: instant(ticket.firstRespondedAt),
    firstResponseBreachedAt: instant(ticket.firstResponseBreachedAt),
    resolvedAt: instant(ticket.resolvedAt),
    resolutionBreachedAt: instant(ticket.resolutionBreachedAt),
  }
  return { type: 'support.ticket.changed', subject: ticketId, sequence, data }
}

/** The part of an answer that notifications needs. */
export type Answered = {
  readonly text: string
  /** Tag of the reply address; null if e-mails are not accepted. */
  readonly replyTag: string | null
  /** The country that determines the language of the e-mail; null if none is known. */
  readonly countryCode: string | null
}

/**
 * `support.ticket.answered`: an answer of which the customer is notified. A guest reads it only in the
 * e-mail.
 */
export function ticketAnswered(
  { id: ticketId, sequence, customerId, guestEmail, subject: about }: Ticket,
  messageId: string,
  { text, replyTag, countryCode }: Answered,
): NewEvent {
  const guest = { email: guestEmail, text: guestEmail === null ? null : text }
  const data = { ticketId, messageId, customerId, ticketSubject: about, replyTag, countryCode, ...guest }
  return { type: 'support.ticket.answered', subject: ticketId, sequence, data }
}

/** `support.ticket.breached`: deadlines that a ticket has missed, each once. */
export function ticketBreached(
  { id: ticketId, sequence, priority, assigneeId }: Ticket,
  breaches: readonly Breach[],
): NewEvent {
  const missed = breaches.map(({ clock, dueAt }) => ({ clock, dueAt: instant(dueAt) }))
  const data = { ticketId, priority, assigneeId, breaches: missed }
  return { type: 'support.ticket.breached', subject: ticketId, sequence, data }
}
