// Tested in erasure.int.test.ts: its statements need a database.

import type { Tx as KitTx } from '@argyle/kit/database'
import { type Erase, eraseDeleted } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { resolve } from './ticket/rules.ts'
import { lockTickets, save, type Tx } from './ticket/ticket-rows.ts'

/** Replacement for the texts of a deleted account and of the answers to it. */
export const ERASED = 'Erased'

// A tombstone: a late `profile.updated` or `roles.changed` has a smaller sequence.
const FORGET_PERSON = `
INSERT INTO person (user_id, display_name, sequence) VALUES ($1, NULL, $2)
ON CONFLICT (user_id) DO UPDATE SET display_name = NULL, sequence = GREATEST(person.sequence, EXCLUDED.sequence)`
const FORGET_AGENT = `
INSERT INTO agent (user_id, active, sequence) VALUES ($1, false, $2)
ON CONFLICT (user_id) DO UPDATE SET active = false, sequence = GREATEST(agent.sequence, EXCLUDED.sequence)`

// A tombstone: nothing is evaluated for it again. Sales stay, without their buyer.
const FORGET_CUSTOMER = `
INSERT INTO customer (user_id, is_deleted) VALUES ($1, true)
ON CONFLICT (user_id) DO UPDATE
   SET orders = 0, first_order_at = NULL, last_order_at = NULL, currency = NULL, country_code = NULL, spent = '{}', categories = '{}',
       recency_score = NULL, frequency_score = NULL, monetary_score = NULL, accepts_campaigns = false, due_at = NULL, is_deleted = true`
const FORGET_MEMBERSHIPS = 'DELETE FROM segment_member WHERE user_id = $1'
// Counts of campaigns stay. A person who has not received a message yet is removed from them.
const FORGET_WAITING = 'DELETE FROM campaign_recipient WHERE user_id = $1 AND released_at IS NULL'
const FORGET_RECIPIENT =
  'UPDATE campaign_recipient SET user_id = NULL, token = NULL, coupon_code = NULL WHERE user_id = $1'
const FORGET_BUYER = 'UPDATE sale SET buyer = NULL WHERE buyer = $1'

const FORGET_CONTACT = `
INSERT INTO contact (user_id, email, sequence, verified_sequence) VALUES ($1, NULL, $2, $2)
ON CONFLICT (user_id) DO UPDATE
   SET email = NULL, sequence = GREATEST(contact.sequence, EXCLUDED.sequence),
       verified_email = NULL, verified_sequence = GREATEST(contact.verified_sequence, EXCLUDED.verified_sequence)`
const VERIFIED = 'SELECT c.email FROM contact c WHERE c.user_id = $1 AND c.verified_email = c.email'
/** Tickets of the account, and those that the person opened as a guest with the verified address. */
const OWNED = `customer_id = $1 OR guest_email = (${VERIFIED})`

const FORGET_GUEST = `
UPDATE known_order SET email = NULL, is_erased = true
 WHERE email = (${VERIFIED})`

const ERASE_MESSAGES = `
UPDATE ticket_message SET body = '${ERASED}', attachments = '[]'
 WHERE ticket_id IN (SELECT id FROM ticket WHERE ${OWNED}) AND (body <> '${ERASED}' OR attachments <> '[]')`
const ERASE_TICKETS = `
UPDATE ticket SET subject = '${ERASED}', rating_comment = NULL,
       guest_email = CASE WHEN guest_email IS NOT NULL THEN '${ERASED}' END
 WHERE (${OWNED}) AND (subject <> '${ERASED}' OR rating_comment IS NOT NULL OR guest_email <> '${ERASED}')`

/**
 * Resolves the tickets of a deleted account and erases their texts. Statuses and times stay. Nothing has to
 * stay for a while.
 */
export const eraseTickets: Erase = async (tx, customerId, now) => {
  const all = await tx.$queryRawUnsafe<{ id: string }[]>(`SELECT id FROM ticket WHERE ${OWNED}`, customerId)
  // Every transaction of support has support's own client.
  const own = tx as Tx
  for (const before of await lockTickets(
    own,
    all.map(({ id }) => id),
  )) {
    const decision = before.status === 'MERGED' ? null : resolve(before, now)
    if (decision?.ok) await save(own, { before, after: decision.value, staff: null })
  }
  await tx.$executeRawUnsafe(ERASE_MESSAGES, customerId)
  await tx.$executeRawUnsafe(ERASE_TICKETS, customerId)
  await tx.$executeRawUnsafe(FORGET_GUEST, customerId)
  // The statements also erase data that a late message or a running campaign has added since.
  for (const statement of [FORGET_MEMBERSHIPS, FORGET_WAITING, FORGET_RECIPIENT, FORGET_BUYER])
    await tx.$executeRawUnsafe(statement, customerId)
  return false
}

/** users.account.deleted: erases the data of the person. */
export async function forgetPerson(message: Envelope, tx: KitTx, now: Date): Promise<void> {
  await tx.$executeRawUnsafe(FORGET_PERSON, message.subject, message.sequence)
  await tx.$executeRawUnsafe(FORGET_AGENT, message.subject, message.sequence)
  await tx.$executeRawUnsafe(FORGET_CUSTOMER, message.subject)
  await eraseDeleted(message, tx, now, eraseTickets)
  await tx.$executeRawUnsafe(FORGET_CONTACT, message.subject, message.sequence)
}

/** Tickets, or orders, in one statement. */
const GUESTS_AT_ONCE = 500

const ERASE_GUESTS = `
WITH old AS (
  SELECT id FROM ticket
   WHERE guest_email IS NOT NULL AND guest_email <> '${ERASED}' AND status IN ('RESOLVED', 'MERGED')
     AND updated_at < $1::timestamptz - $2::int * interval '1 day'
   ORDER BY id LIMIT ${GUESTS_AT_ONCE} FOR UPDATE SKIP LOCKED),
said AS (UPDATE ticket_message SET body = '${ERASED}', attachments = '[]' WHERE ticket_id IN (SELECT id FROM old))
UPDATE ticket SET subject = '${ERASED}', guest_email = '${ERASED}', rating_comment = NULL FROM old WHERE ticket.id = old.id`

// An address stays as long as a ticket has it. NOT EXISTS is safe, since a ticket that is opened meanwhile
// has a copy of its own.
const ERASE_ADDRESSES = `
WITH old AS (
  SELECT order_id FROM known_order o
   WHERE email IS NOT NULL AND summarised_at < $1::timestamptz - $2::int * interval '1 day'
     AND NOT EXISTS (SELECT FROM ticket t WHERE t.order_id = o.order_id AND t.guest_email = o.email)
   ORDER BY summarised_at LIMIT ${GUESTS_AT_ONCE} FOR UPDATE SKIP LOCKED)
UPDATE known_order SET email = NULL, is_erased = true FROM old WHERE known_order.order_id = old.order_id`

/**
 * Erases tickets of guests that were resolved this many days ago, and the addresses of orders that were
 * placed this many days ago and have no such ticket any more. Any number of replicas share the work.
 */
export async function eraseOldGuests(
  prisma: Pick<KitTx, '$executeRawUnsafe'>,
  now: Date,
  days: number,
): Promise<void> {
  for (const statement of [ERASE_GUESTS, ERASE_ADDRESSES])
    for (let count = GUESTS_AT_ONCE; count === GUESTS_AT_ONCE; )
      count = await prisma.$executeRawUnsafe(statement, now, days)
}
