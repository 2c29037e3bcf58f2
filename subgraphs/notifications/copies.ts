// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { executeLater } from '@argyle/kit/later'
import { z } from 'zod'
import { eventMoney } from './occasion/occasion.ts'

const contact = z.object({ userId: z.string(), email: z.string().nullable(), displayName: z.string() })
const verified = z.object({ userId: z.string(), email: z.string() })
const summary = z.object({
  orderId: z.string(),
  number: z.string(),
  customerId: z.string().nullable(),
  email: z.string().nullable(),
  countryCode: z.string(),
  lines: z.array(z.object({ title: z.string(), quantity: z.int(), total: eventMoney })),
  grandTotal: eventMoney,
})
const claimed = z.object({ orderId: z.string(), customerId: z.string() })

// The newest of each first, since one statement may not write a row twice.
const REMEMBER_PEOPLE = `
INSERT INTO person (user_id, email, display_name, sequence)
SELECT DISTINCT ON ("userId") "userId", email, "displayName", sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, email text, "displayName" text, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE
   SET email = EXCLUDED.email, display_name = EXCLUDED.display_name, sequence = EXCLUDED.sequence
 WHERE person.sequence < EXCLUDED.sequence`

const REMEMBER_VERIFIED = `
INSERT INTO verified_address (user_id, email, sequence)
SELECT DISTINCT ON ("userId") "userId", email, sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, email text, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET email = EXCLUDED.email, sequence = EXCLUDED.sequence
 WHERE verified_address.sequence < EXCLUDED.sequence`

// The address is not stored if the account that claimed the guest's order was deleted.
const IS_CLAIMANT_DELETED = `
EXISTS (SELECT 1 FROM person p WHERE p.user_id = known_order.claimed_by AND p.email IS NULL)`

const REMEMBER_ORDERS = `
INSERT INTO known_order (order_id, number, customer_id, email, country_code, currency, total_minor, lines, sequence, told_at)
SELECT DISTINCT ON ("orderId") "orderId", number, "customerId", email, "countryCode", currency, "totalMinor", lines, sequence, "toldAt"
  FROM jsonb_to_recordset($1::jsonb)
    AS incoming("orderId" text, number text, "customerId" text, email text, "countryCode" text, currency text,
            "totalMinor" bigint, lines jsonb, sequence int, "toldAt" timestamptz)
 ORDER BY "orderId", sequence DESC
ON CONFLICT (order_id) DO UPDATE
   SET number = EXCLUDED.number, customer_id = EXCLUDED.customer_id,
       email = CASE WHEN ${IS_CLAIMANT_DELETED} THEN NULL ELSE EXCLUDED.email END,
       country_code = EXCLUDED.country_code, currency = EXCLUDED.currency, total_minor = EXCLUDED.total_minor,
       lines = EXCLUDED.lines, sequence = EXCLUDED.sequence, told_at = EXCLUDED.told_at
 WHERE known_order.sequence < EXCLUDED.sequence`

// The claim of an order may arrive before the order. The first claim counts, as in payments and shipping.
const REMEMBER_CLAIM = `
INSERT INTO known_order (order_id, claimed_by) VALUES ($1, $2)
ON CONFLICT (order_id) DO UPDATE SET claimed_by = EXCLUDED.claimed_by WHERE known_order.claimed_by IS NULL`

/** Days for which messages are sent to a guest: a return, its refund or a dispute may come a year after the order. */
const ADDRESS_DAYS = 400
/** Addresses that one statement clears. */
const FORGOTTEN_AT_ONCE = 1_000

const FORGET_ADDRESSES = `
UPDATE known_order SET email = NULL WHERE order_id = ANY (ARRAY(
  SELECT order_id FROM known_order
   WHERE email IS NOT NULL AND told_at < $1::timestamptz - interval '${ADDRESS_DAYS} days' LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED))`

/** Erases the addresses of guests 400 days after the newest message about their order, in batches. */
export async function forgetGuestAddresses(prisma: Pick<Tx, '$executeRawUnsafe'>, now: Date): Promise<void> {
  while ((await prisma.$executeRawUnsafe(FORGET_ADDRESSES, now)) === FORGOTTEN_AT_ONCE);
}

/** users.contact.changed: the addresses and names of accounts. Late and repeated messages have no effect. */
export async function rememberPeople(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...contact.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_PEOPLE, JSON.stringify(rows))
}

/**
 * users.email.verified: the addresses that accounts have verified. Anybody may sign up with another person's
 * address.
 */
export async function rememberVerified(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...verified.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_VERIFIED, JSON.stringify(rows))
}

/** orders.order.summarised: the data of orders that messages mention. */
export async function rememberOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence, time: toldAt }) => {
    const { grandTotal, lines, ...order } = summary.parse(data)
    const goods = lines.map(({ title, quantity, total }) => ({
      title,
      quantity,
      totalMinor: total.amountMinor,
    }))
    const { currencyCode: currency, amountMinor: totalMinor } = grandTotal
    return { ...order, currency, totalMinor, lines: goods, sequence, toldAt }
  })
  await executeLater(tx, { text: REMEMBER_ORDERS, values: [JSON.stringify(rows)] })
}

/** orders.order.claimed: assigns a guest's order to an account. */
export async function rememberClaim({ data }: Envelope, tx: Tx): Promise<void> {
  const { orderId, customerId } = claimed.parse(data)
  await tx.$executeRawUnsafe(REMEMBER_CLAIM, orderId, customerId)
}
