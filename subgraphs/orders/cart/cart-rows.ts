// Tested in ../cart-counts.int.test.ts: the test checks carts.

import { executeLater } from '@argyle/kit/later'
import { countOne } from '@argyle/kit/quarter-counts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import type { Cart, CartHead, CartLine } from './cart.ts'
import { linesWithOffers, type StoredLine } from './offers.ts'

export const HEAD = Prisma.sql`
  c.id, c.customer_id AS "customerId", c.state::text, c.currency::text, c.version, c.coupon_id AS "couponId",
  c.expires_at AS "expiresAt", c.claimed_by AS "claimedBy"`

/** A locked cart, with the current offers of its lines. */
export type LockedCart = { readonly cart: Cart; readonly lines: readonly StoredLine[] }

/** Locks a cart until the transaction ends; null if it does not exist. */
export async function lockCart(tx: Tx, id: string): Promise<CartHead | null> {
  const [cart] = await tx.$queryRaw<CartHead[]>`SELECT ${HEAD} FROM cart c WHERE c.id = ${id} FOR UPDATE`
  return cart ?? null
}

/** Locks a customer's open cart, expired or not; null if there is none. */
export async function lockOwnCart(tx: Tx, customerId: string): Promise<CartHead | null> {
  const [cart] = await tx.$queryRaw<CartHead[]>`
    SELECT ${HEAD} FROM cart c WHERE c.customer_id = ${customerId} AND c.state = 'OPEN' FOR UPDATE`
  return cart ?? null
}

const INSERT = `
WITH added AS (
  INSERT INTO cart (id, customer_id, state, currency, version, expires_at)
  VALUES ($1, $2, $3::cart_state, $4::currency, $5, $6::timestamptz)
  ON CONFLICT DO NOTHING RETURNING id), counted AS (${countOne('$7::timestamptz', '$8 AND EXISTS (SELECT FROM added)')})
SELECT id FROM added`

/**
 * Inserts an empty cart; false if the customer already has an open one. A cart that a shopper begins is counted, one that takes the lines of
 * another is not.
 */
export async function insertCart(
  tx: Tx,
  cart: CartHead,
  { now, isCounted }: { readonly now: Date; readonly isCounted: boolean },
): Promise<boolean> {
  const { id, customerId, state, currency, version, expiresAt } = cart
  const values = [id, customerId, state, currency, version, expiresAt, now, isCounted]
  const added = await tx.$queryRawUnsafe<{ id: string }[]>(INSERT, ...values)
  return added.length === 1
}

/** Deletes a locked cart with its lines. */
export async function deleteCart(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM cart WHERE id = ${id}`
}

/** Reads the lines of a locked cart. */
export async function withLines(tx: Tx, head: CartHead): Promise<LockedCart> {
  const stored = await linesWithOffers(tx, [head.id])
  const lines = stored.map(
    ({ offer, cartId: _, ...line }): CartLine => ({ ...line, variantId: offer.variantId }),
  )
  return { cart: { ...head, lines }, lines: stored }
}

/** Saves a cart and its changed lines; deletes removed lines. */
export async function saveCart(tx: Tx, before: Cart, after: Cart): Promise<void> {
  const kept = new Set(after.lines.map(({ id }) => id))
  const gone = before.lines.filter(({ id }) => !kept.has(id)).map(({ id }) => id)
  const changed = after.lines.filter((line) => !before.lines.includes(line))
  const rows = JSON.stringify(changed.map((line) => ({ ...line, seenMinor: String(line.seenMinor) })))
  const { id, state, currency, version, couponId, expiresAt, claimedBy } = after
  await executeLater(
    tx,
    Prisma.sql`
    WITH deleted AS (DELETE FROM cart_line WHERE id = ANY(${gone})),
         saved AS (
           INSERT INTO cart_line (id, cart_id, variant_id, quantity, seen_minor, short_available, short_sequence, position)
           SELECT l.id, ${id}, l."variantId", l.quantity, l."seenMinor",
                  (l.shortage->>'available')::int, (l.shortage->>'sequence')::int, l.position
             FROM jsonb_to_recordset(${rows}::jsonb)
               AS l(id text, "variantId" text, quantity int, "seenMinor" bigint,
                    shortage jsonb, position int)
           ON CONFLICT (id) DO UPDATE SET quantity = EXCLUDED.quantity, seen_minor = EXCLUDED.seen_minor,
                                          short_available = EXCLUDED.short_available, short_sequence = EXCLUDED.short_sequence)
    UPDATE cart SET state = ${state}::cart_state, currency = ${currency}::currency, version = ${version},
                    coupon_id = ${couponId}, expires_at = ${expiresAt}, claimed_by = ${claimedBy}
     WHERE id = ${id}`,
  )
}

/** Deletes a batch of expired carts; any number of replicas may run it concurrently. */
export async function deleteExpired(tx: Pick<Tx, '$executeRaw'>, now: Date, most: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM cart WHERE id IN (
      SELECT id FROM cart WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ${most} FOR UPDATE SKIP LOCKED)`
}
