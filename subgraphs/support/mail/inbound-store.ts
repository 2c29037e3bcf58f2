// Tested in ../mail.int.test.ts: its transactions need a database.

import { createHash } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision } from '@argyle/kit/decision'
import type { ValidationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { mark, missed } from '../ticket/clocks.ts'
import { openFor, type TicketOwner } from '../ticket/opening.ts'
import { write } from '../ticket/rules.ts'
import type { Ticket } from '../ticket/ticket.ts'
import { ticketReads } from '../ticket/ticket-reads.ts'
import { addMessage, lockTickets, save, type Tx } from '../ticket/ticket-rows.ts'
import type { InboundMail } from './inbound.ts'
import { ticketIn } from './ticket-tag.ts'

/** Maximum number of e-mails of one sender in an hour. Anybody can write e-mails in any name. */
export const MAX_PER_SENDER = 20
/**
 * Maximum number of e-mails of all accounts in an hour, and as many of all other senders. Neither group takes
 * the places of the other.
 */
export const MAX_TOTAL = 1_000
/** Days for which an e-mail is remembered. */
const KEPT_DAYS = 30
/** E-mails that one statement forgets. */
const FORGOTTEN_AT_ONCE = 1_000

const ENTER = `
INSERT INTO inbound_mail (key, sender, at, result, of_account) VALUES ($1, $2, $3::timestamptz, 'REFUSED', $4) ON CONFLICT (key) DO NOTHING`
const SETTLE = 'UPDATE inbound_mail SET result = $2, ticket_id = $3 WHERE key = $1'
const KNOWN = 'SELECT result, ticket_id AS "ticketId" FROM inbound_mail WHERE key = $1'
const RECENT = `
SELECT count(*) FILTER (WHERE sender = $1)::int AS "ofSender", count(*) FILTER (WHERE result <> 'REFUSED' AND of_account = $3)::int AS "ofAll"
  FROM inbound_mail WHERE at > $2::timestamptz - interval '1 hour'`
const ACCOUNT = `SELECT user_id AS "userId" FROM contact WHERE email = $1 AND verified_email = email ORDER BY user_id LIMIT 1`
const EMAIL = 'SELECT email FROM contact WHERE user_id = $1'
const FORGET = `
DELETE FROM inbound_mail WHERE key IN
 (SELECT key FROM inbound_mail WHERE at < $1::timestamptz - interval '${KEPT_DAYS} days' LIMIT ${FORGOTTEN_AT_ONCE})`

/** Result of an e-mail. */
export type Handled =
  | { readonly result: 'OPENED' | 'ADDED'; readonly ticketId: string }
  | { readonly result: 'REFUSED'; readonly reason: string }
  /** The e-mail can be sent again later. */
  | { readonly result: 'LATER'; readonly reason: string }

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly reopenDays: number
  readonly tagKey: Uint8Array
}

/** Turns e-mails into tickets and messages of tickets. */
export function inboundStore({ prisma, clock, reopenDays, tagKey }: Parts) {
  /**
   * The ticket that the e-mail answers, through merges; null if its sender is not the customer of the ticket.
   */
  async function answeredBy(tx: Tx, { names, from }: InboundMail): Promise<Ticket | null> {
    const named = ticketIn(tagKey, names)
    if (!named) return null
    const [end] = await ticketReads(tx).mergedInto([named])
    const [ticket] = await lockTickets(tx, [end?.ticket.id ?? named])
    if (!ticket || ticket.status === 'MERGED') return null
    if (ticket.customerId === null) return ticket.guestEmail === from ? ticket : null
    const [contact] = await tx.$queryRawUnsafe<{ email: string | null }[]>(EMAIL, ticket.customerId)
    return contact?.email === from ? ticket : null
  }

  /**
   * The account of an authenticated sender, otherwise a guest. Anybody can write another person's address
   * into an e-mail.
   */
  async function ownerOf(tx: Tx, { from, isAuthentic }: InboundMail): Promise<TicketOwner> {
    const [account] = isAuthentic ? await tx.$queryRawUnsafe<{ userId: string }[]>(ACCOUNT, from) : []
    return account ? { customerId: account.userId, guestEmail: null } : { customerId: null, guestEmail: from }
  }

  /** Adds a message; null if the ticket accepts none any more. */
  async function add(tx: Tx, before: Ticket, body: string, now: Date): Promise<Ticket | null> {
    const breaches = missed(before, now)
    const after = write(mark(before, breaches), reopenDays, now)
    if (!after.ok) return null
    const message = { kind: 'CUSTOMER' as const, authorId: before.customerId, body, attachments: [] }
    await addMessage(tx, before.id, message, now)
    await save(tx, { before, after: after.value, breaches, staff: null })
    return after.value
  }

  async function apply(
    tx: Tx,
    { mail, owner }: { readonly mail: InboundMail; readonly owner: TicketOwner },
    now: Date,
  ): Promise<Decision<Extract<Handled, { ticketId: string }>, ValidationError>> {
    const answered = await answeredBy(tx, mail)
    const added = answered && (await add(tx, answered, mail.body, now))
    if (added) return accept({ result: 'ADDED', ticketId: added.id })
    const ofTicket = answered && { customerId: answered.customerId, guestEmail: answered.guestEmail }
    const about = { orderId: answered?.orderId ?? null, productId: answered?.productId ?? null }
    const { subject, body } = mail
    const opened = await openFor(tx, ofTicket ?? owner, { ...about, subject, body, attachments: [] }, now)
    return opened.ok ? accept({ result: 'OPENED', ticketId: opened.value.id }) : opened
  }

  return {
    /** Handles an e-mail once, however often it is forwarded. */
    handle: (mail: InboundMail): Promise<Handled> =>
      prisma.$transaction(async (tx): Promise<Handled> => {
        const now = clock()
        // E-mails in another person's name do not count against the limit of that person.
        const named = `${mail.isAuthentic ? 'authentic' : 'claimed'} ${mail.from}`
        const sender = createHash('sha256').update(named).digest('base64url')
        const owner = await ownerOf(tx, mail)
        const ofAccount = owner.customerId !== null
        const [recent] = await tx.$queryRawUnsafe<{ ofSender: number; ofAll: number }[]>(
          RECENT,
          ...[sender, now, ofAccount],
        )
        const isNew = (await tx.$executeRawUnsafe(ENTER, mail.key, sender, now, ofAccount)) === 1
        if (!isNew) {
          const [known] = await tx.$queryRawUnsafe<{ result: string; ticketId: string | null }[]>(
            KNOWN,
            mail.key,
          )
          return known?.ticketId
            ? { result: known.result === 'ADDED' ? 'ADDED' : 'OPENED', ticketId: known.ticketId }
            : { result: 'REFUSED', reason: 'it was refused before' }
        }
        if ((recent?.ofSender ?? 0) >= MAX_PER_SENDER)
          return {
            result: 'REFUSED',
            reason: `at most ${MAX_PER_SENDER} e-mails of one sender are accepted in an hour`,
          }
        if ((recent?.ofAll ?? 0) >= MAX_TOTAL) {
          await tx.inboundMail.deleteMany({ where: { key: mail.key } })
          const whose = ofAccount ? 'accounts' : 'senders without an account'
          return {
            result: 'LATER',
            reason: `at most ${MAX_TOTAL} e-mails of ${whose} are accepted in an hour`,
          }
        }
        const handled = await apply(tx, { mail, owner }, now)
        if (!handled.ok)
          return { result: 'REFUSED', reason: handled.errors.map(({ message }) => message).join('; ') }
        await tx.$executeRawUnsafe(SETTLE, mail.key, handled.value.result, handled.value.ticketId)
        return handled.value
      }),

    /** Deletes the records of e-mails older than 30 days. */
    async forget(): Promise<void> {
      for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE; )
        count = await prisma.$executeRawUnsafe(FORGET, clock())
    },
  }
}

export type InboundStore = ReturnType<typeof inboundStore>
