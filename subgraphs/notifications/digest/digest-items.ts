// Tested in ../digest.int.test.ts: the test checks the digests that they are in.
import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import type { ItemKind } from './digest.ts'

const lowStock = z.object({
  alertId: z.string(),
  variantId: z.string(),
  available: z.int(),
  reorderPoint: z.int(),
})
const breached = z.object({
  ticketId: z.string(),
  priority: z.string(),
  breaches: z.array(z.object({ clock: z.string(), dueAt: z.string() })).max(10),
})
const madeRefund = z.object({ orderId: z.string(), refundId: z.string() })
const failedRefund = madeRefund.extend({ code: z.string() })
const failed = z.object({ consumer: z.string(), eventId: z.string(), type: z.string() })
const product = z.object({
  title: z.string(),
  variants: z.array(z.object({ variantId: z.string(), sku: z.string(), title: z.string() })),
})
const roles = z.object({ userId: z.string(), roles: z.array(z.string()) })

const NOTE = `
INSERT INTO digest_item (id, kind, data, noted_at)
SELECT id, kind, data, $2::timestamptz FROM jsonb_to_recordset($1::jsonb) AS incoming(id text, kind text, data jsonb)
ON CONFLICT (id) DO NOTHING`

// A variant belongs to one product, so the sequence of its newest message decides.
const REMEMBER_VARIANTS = `
INSERT INTO known_variant (variant_id, sku, title, sequence)
SELECT DISTINCT ON ("variantId") "variantId", sku, title, sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("variantId" text, sku text, title text, sequence int)
 ORDER BY "variantId", sequence DESC
ON CONFLICT (variant_id) DO UPDATE SET sku = EXCLUDED.sku, title = EXCLUDED.title, sequence = EXCLUDED.sequence
 WHERE known_variant.sequence < EXCLUDED.sequence`

const REMEMBER_STAFF = `
INSERT INTO staff (user_id, roles, sequence)
SELECT DISTINCT ON ("userId") "userId", roles, sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("userId" text, roles text[], sequence int)
 ORDER BY "userId", sequence DESC
ON CONFLICT (user_id) DO UPDATE SET roles = EXCLUDED.roles, sequence = EXCLUDED.sequence
 WHERE staff.sequence < EXCLUDED.sequence`

type Item = { readonly id: string; readonly kind: ItemKind; readonly data: object }

/** The number of an attempt at the end of the id of a refund. */
const ATTEMPT = /:\d+$/

/** The id of the item for a refund. Orders repeats a refund that failed: all its attempts are one item. */
const failedRefundId = (orderId: string, refundId: string) =>
  `FAILED_REFUND payments.refund.failed ${orderId} ${refundId.replace(ATTEMPT, '')}`

function failedRefundItem({ data, type }: Envelope): Item[] {
  const { orderId, refundId, code } = failedRefund.parse(data)
  // A refund that was reversed is not repeated.
  const id =
    type === 'payments.refund.failed'
      ? failedRefundId(orderId, refundId)
      : `FAILED_REFUND ${type} ${orderId} ${refundId}`
  return [{ id, kind: 'FAILED_REFUND', data: { orderId, code: code.slice(0, 100) } }]
}

/** The digest items of a message. Their ids are equal for each delivery of the message. */
const readItems: Readonly<Record<string, (message: Envelope) => Item[]>> = {
  'inventory.stock.low'({ data }) {
    const { alertId, ...about } = lowStock.parse(data)
    return [{ id: `LOW_STOCK ${alertId}`, kind: 'LOW_STOCK', data: about }]
  },

  'support.ticket.breached'({ data }) {
    const { ticketId, priority, breaches } = breached.parse(data)
    return breaches.map(({ clock, dueAt }) => ({
      id: `TICKET_BREACHED ${ticketId} ${clock} ${dueAt}`,
      kind: 'TICKET_BREACHED',
      data: { ticketId, priority, clock },
    }))
  },

  'payments.refund.failed': failedRefundItem,
  'payments.refund.reversed': failedRefundItem,

  'kit.message.failed'({ data }) {
    const { consumer, eventId, type } = failed.parse(data)
    return [{ id: `FAILED_JOB ${consumer} ${eventId}`, kind: 'FAILED_JOB', data: { consumer, type } }]
  },
}

/** Types of messages that become items of digests. */
export const DIGEST_TYPES = Object.keys(readItems)

async function insertItems(tx: Tx, items: readonly Item[], now: Date): Promise<void> {
  if (items.length > 0) await tx.$executeRawUnsafe(NOTE, JSON.stringify(items), now)
}

/** Saves the digest items of a message. Replayed messages are ignored. */
export async function insertDigestItems(message: Envelope, tx: Tx, now: Date): Promise<void> {
  await insertItems(tx, message.replayed ? [] : (readItems[message.type]?.(message) ?? []), now)
}

/** payments.payment.refunded: deletes the item of earlier attempts of the refund, which failed. */
export async function deleteFailedRefund({ data }: Envelope, tx: Tx): Promise<void> {
  const { orderId, refundId } = madeRefund.parse(data)
  await tx.$executeRawUnsafe('DELETE FROM digest_item WHERE id = $1', failedRefundId(orderId, refundId))
}

/** Saves an item for a message to a person that failed after all attempts, each time it fails. */
export async function insertFailedDelivery(tx: Tx, id: string, channel: string, now: Date): Promise<void> {
  const data = { consumer: 'notifications', type: channel }
  await insertItems(tx, [{ id: `FAILED_JOB ${id} ${now.toISOString()}`, kind: 'FAILED_JOB', data }], now)
}

/** products.product.changed: the names of variants in digests. */
export async function rememberVariants(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.flatMap(({ data, sequence }) => {
    const { title, variants } = product.parse(data)
    return variants.map(({ variantId, sku, title: form }) => ({
      ...{ variantId, sku, sequence },
      title: `${title}, ${form}`,
    }))
  })
  await tx.$executeRawUnsafe(REMEMBER_VARIANTS, JSON.stringify(rows))
}

/** users.roles.changed: the accounts of staff. Late and repeated messages have no effect. */
export async function rememberStaff(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }) => ({ ...roles.parse(data), sequence }))
  await tx.$executeRawUnsafe(REMEMBER_STAFF, JSON.stringify(rows))
}
