// Tested in ../tickets.int.test.ts: a ticket is opened by a transaction.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { targetOf } from '../target/target-store.ts'
import type { Attachment } from './attachment.ts'
import { open } from './rules.ts'
import { MAX_PER_DAY, MAX_UNRESOLVED, type Ticket } from './ticket.ts'
import { addMessage, save, type Tx } from './ticket-rows.ts'

const DAY_MS = 24 * 3_600_000

/** The customer of a ticket: an account, or a guest with this address. */
export type TicketOwner = Pick<Ticket, 'customerId' | 'guestEmail'>

/** A new ticket. */
export type NewTicket = Pick<Ticket, 'orderId' | 'productId' | 'subject'> & {
  readonly body: string
  readonly attachments: readonly Attachment[]
}

/** The tickets of one owner are counted by one transaction at a time. */
async function tooMany(
  tx: Tx,
  { customerId, guestEmail }: TicketOwner,
  orderId: string | null,
  now: Date,
): Promise<ValidationError | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${customerId ?? guestEmail}, 0))`
  // Anybody may write e-mails in a guest's name, so they do not count against the tickets that the guest
  // opens about an order.
  const of = guestEmail === null ? {} : { orderId }
  const own = { customerId, guestEmail, ...of }
  const unresolved = { ...own, status: { notIn: ['RESOLVED' as const, 'MERGED' as const] } }
  const count = await tx.ticket.count({ where: unresolved })
  if (count >= MAX_UNRESOLVED) {
    const message = `you have ${count} tickets that are not resolved: allowed are ${MAX_UNRESOLVED} at most; write to one of them`
    return validationError(message)
  }
  // Resolved e-mails of others in the guest's name must not block the guest's own e-mails. The hourly limit
  // covers them.
  if (guestEmail !== null && orderId === null) return null
  const recent = { ...own, createdAt: { gt: new Date(now.getTime() - DAY_MS) } }
  const opened = await tx.ticket.count({ where: recent })
  if (opened < MAX_PER_DAY) return null
  const message = `you have opened ${opened} tickets within 24 hours: allowed are ${MAX_PER_DAY} at most; write to one of them`
  return validationError(message)
}

/** Opens a ticket of an owner with its first message, unless `faults` finds some. The caller has checked the texts. */
export async function openFor<E = never>(
  tx: Tx,
  owner: TicketOwner,
  { body, attachments, ...about }: NewTicket,
  now: Date,
  faults: () => Promise<readonly (E | null)[]> = async () => [],
): Promise<Decision<Ticket, E | ValidationError>> {
  const found = [await tooMany(tx, owner, about.orderId, now), ...(await faults())].filter(
    (fault) => fault !== null,
  )
  if (found.length > 0) return refuse(...found)
  const ticket = open({ id: newId('tkt'), ...owner, ...about }, await targetOf(tx, 'NORMAL'), now)
  await save(tx, { before: null, after: ticket, staff: null })
  const message = { kind: 'CUSTOMER' as const, authorId: owner.customerId, body, attachments }
  await addMessage(tx, ticket.id, message, now)
  return accept(ticket)
}
