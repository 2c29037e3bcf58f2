// Tested in events.int.test.ts: the test checks the messages that they are made of.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { executeLater } from '@argyle/kit/later'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import { markCustomers } from './segment/customer-copies.ts'
import { queueBuyersOf } from './segment/recategorised.ts'

const product = z.object({
  productId: z.string(),
  status: z.string(),
  categoryId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
})
const order = z.object({ orderId: z.string(), number: z.string(), customerId: z.string().nullable() })
const summary = order.extend({
  email: z.string().nullable(),
  countryCode: z
    .string()
    .nullish()
    .transform((code) => code ?? null),
  guestProofHash: z
    .string()
    .nullish()
    .transform((hash) => hash ?? null),
})
const profile = z.object({ userId: z.string(), displayName: z.string() })
const contact = z.object({ userId: z.string(), email: z.string().nullable() })
const roles = z.object({ userId: z.string(), roles: z.array(z.string()) })

/** Roles whose accounts answer tickets. */
const AGENT_ROLES: readonly string[] = ['SUPPORT', 'ADMIN']

// The newest of each first, since one statement may not write a row twice.
const REMEMBER_PRODUCTS = `
INSERT INTO known_product (product_id, status, category_id, sequence)
SELECT DISTINCT ON ("productId") "productId", status, "categoryId", sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("productId" text, status text, "categoryId" text, sequence int)
 ORDER BY "productId", sequence DESC
ON CONFLICT (product_id) DO UPDATE
   SET status = EXCLUDED.status, category_id = EXCLUDED.category_id, sequence = EXCLUDED.sequence
 WHERE known_product.sequence < EXCLUDED.sequence`

// Locked before they are compared, so that no change of a category is missed.
const KNOWN_CATEGORIES = `
SELECT product_id AS "productId", category_id AS "categoryId" FROM known_product
 WHERE product_id = ANY($1::text[]) ORDER BY product_id FOR UPDATE`

// An order belongs to its first customer for good, so the order of messages has no effect.
const REMEMBER_ORDERS = `
INSERT INTO known_order (order_id, number, customer_id)
SELECT "orderId", max(number), max("customerId")
  FROM jsonb_to_recordset($1::jsonb) AS incoming("orderId" text, number text, "customerId" text)
 GROUP BY "orderId" ORDER BY "orderId"
ON CONFLICT (order_id) DO UPDATE
   SET customer_id = COALESCE(known_order.customer_id, EXCLUDED.customer_id),
       email = CASE WHEN COALESCE(known_order.customer_id, EXCLUDED.customer_id) IS NULL THEN known_order.email END`

// Neither the address nor the secret of an order changes. An erased address is not stored again.
const REMEMBER_GUESTS = `
INSERT INTO known_order (order_id, number, customer_id, email, guest_proof_hash, country_code, summarised_at)
SELECT "orderId", max(number), max("customerId"), max(lower(email)), max("guestProofHash"), max("countryCode"), min(time)
  FROM jsonb_to_recordset($1::jsonb)
    AS incoming("orderId" text, number text, "customerId" text, email text, "guestProofHash" text, "countryCode" text, time timestamptz)
 GROUP BY "orderId" ORDER BY "orderId"
ON CONFLICT (order_id) DO UPDATE
   SET customer_id = COALESCE(known_order.customer_id, EXCLUDED.customer_id),
       email = CASE WHEN known_order.customer_id IS NULL AND NOT known_order.is_erased THEN EXCLUDED.email END,
       guest_proof_hash = EXCLUDED.guest_proof_hash, country_code = EXCLUDED.country_code, summarised_at = LEAST(known_order.summarised_at, EXCLUDED.summarised_at)`

const REMEMBER_PEOPLE = `
INSERT INTO person (user_id, display_name, sequence)
SELECT DISTINCT ON ("userId") "userId", "displayName", sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, "displayName" text, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET display_name = EXCLUDED.display_name, sequence = EXCLUDED.sequence
 WHERE person.sequence < EXCLUDED.sequence`

// In lower case: senders of e-mails are compared without regard to case.
const REMEMBER_CONTACTS = `
INSERT INTO contact (user_id, email, sequence)
SELECT DISTINCT ON ("userId") "userId", lower(email), sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, email text, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET email = EXCLUDED.email, sequence = EXCLUDED.sequence
 WHERE contact.sequence < EXCLUDED.sequence`

// The row may come before that of the address.
const REMEMBER_VERIFIED = `
INSERT INTO contact (user_id, sequence, verified_email, verified_sequence)
SELECT DISTINCT ON ("userId") "userId", 0, lower(email), sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, email text, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET verified_email = EXCLUDED.verified_email, verified_sequence = EXCLUDED.verified_sequence
 WHERE contact.verified_sequence < EXCLUDED.verified_sequence`

const REMEMBER_AGENTS = `
INSERT INTO agent (user_id, active, sequence)
SELECT DISTINCT ON ("userId") "userId", active, sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, active boolean, sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET active = EXCLUDED.active, sequence = EXCLUDED.sequence
 WHERE agent.sequence < EXCLUDED.sequence`

/** products.product.changed: the products that tickets can refer to. Late and repeated messages have no effect. */
export async function rememberProducts(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...product.parse(data), sequence }))
  const ids = rows.map(({ productId }) => productId)
  const before = await categoriesOf(tx, ids)
  await tx.$executeRawUnsafe(REMEMBER_PRODUCTS, JSON.stringify(rows))
  const after = await categoriesOf(tx, ids)
  const changed = [...after].filter(([id, categoryId]) => before.get(id) !== categoryId).map(([id]) => id)
  await queueBuyersOf(tx, changed, messages)
}

async function categoriesOf(tx: Tx, productIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await tx.$queryRawUnsafe<{ productId: string; categoryId: string | null }[]>(
    KNOWN_CATEGORIES,
    [...new Set(productIds)],
  )
  return new Map(rows.map(({ productId, categoryId }) => [productId, categoryId]))
}

/**
 * orders.order.placed, orders.order.claimed: the customers of orders. Records how current the copy is, by the
 * newest message.
 */
export async function rememberOrders(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data }) => order.parse(data))
  await executeLater(tx, { text: REMEMBER_ORDERS, values: [JSON.stringify(rows)] })
  await recordProgress(tx, messages, 'order_progress')
}

/** orders.order.summarised: the address of a guest, and the proof that an order is theirs. */
export async function rememberGuests(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, time }) => ({ ...summary.parse(data), time }))
  await executeLater(tx, { text: REMEMBER_GUESTS, values: [JSON.stringify(rows)] })
}

/** users.profile.updated: names of customers. */
export async function rememberPeople(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...profile.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_PEOPLE, JSON.stringify(rows))
  const userIds = rows.map(({ userId }) => userId)
  await markCustomers(tx, userIds, messages)
}

/** users.contact.changed: the addresses that customers write e-mails from. */
export async function rememberContacts(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...contact.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_CONTACTS, JSON.stringify(rows))
}

/**
 * users.email.verified: the addresses that accounts have verified. Anybody may sign up with another person's
 * address.
 */
export async function rememberVerified(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...contact.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_VERIFIED, JSON.stringify(rows))
}

/** users.roles.changed: the accounts that tickets can be assigned to. */
export async function rememberAgents(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => {
    const { userId, roles: held } = roles.parse(data)
    return { userId, active: held.some((role) => AGENT_ROLES.includes(role)), sequence }
  })
  await tx.$executeRawUnsafe(REMEMBER_AGENTS, JSON.stringify(rows))
}
