// Tested in ../segment-events.int.test.ts: the test checks the messages that they are made of.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { CURRENCIES } from '@argyle/kit/money'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'

const amount = z.object({
  amountMinor: z.string().regex(/^\d{1,16}$/),
  currencyCode: z.enum(CURRENCIES),
})
const sale = z.object({
  orderId: idSchema('ord'),
  customerId: z.string().nullable(),
  status: z.enum(['SOLD', 'CANCELLED']),
  placedAt: z.iso.datetime(),
  subtotal: amount,
  discount: amount,
  // Absent in messages of earlier versions.
  countryCode: z
    .string()
    .nullish()
    .transform((code) => code ?? null),
  lines: z.array(z.object({ productId: z.string() })),
  refunds: z.array(z.object({ amount })),
})
const claimed = z.object({ orderId: idSchema('ord'), customerId: z.string() })

const consent = z.object({ userId: z.string(), acceptsCampaigns: z.boolean() })

/** A row of `sale` as JSON. */
type SaleRow = {
  readonly orderId: string
  readonly sequence: number
  readonly status: 'CLAIMED' | 'SOLD' | 'CANCELLED'
  readonly buyer: string | null
  readonly placedAt: string
  readonly currency: string
  readonly netMinor: string
  readonly countryCode: string | null
  readonly productIds: readonly string[]
}

// The newest of each first, since one statement may not write a row twice. The buyer of an order is set once and never changes.
const SAVE = `
INSERT INTO sale AS kept (order_id, sequence, status, buyer, placed_at, currency, net_minor, country_code, product_ids)
SELECT DISTINCT ON ("orderId") "orderId", sequence, status, buyer, "placedAt", currency, "netMinor", "countryCode", "productIds"
  FROM jsonb_to_recordset($1::jsonb)
    AS incoming("orderId" text, sequence int, status text, buyer text, "placedAt" timestamptz, currency text, "netMinor" bigint,
            "countryCode" text, "productIds" text[])
 ORDER BY "orderId", sequence DESC
ON CONFLICT (order_id) DO UPDATE
   SET (sequence, status, placed_at, currency, net_minor, country_code, product_ids) =
       (SELECT newest.* FROM (SELECT EXCLUDED.sequence, EXCLUDED.status, EXCLUDED.placed_at, EXCLUDED.currency, EXCLUDED.net_minor,
               EXCLUDED.country_code, EXCLUDED.product_ids) newest
         WHERE kept.sequence < EXCLUDED.sequence
        UNION ALL
        SELECT kept.sequence, kept.status, kept.placed_at, kept.currency, kept.net_minor, kept.country_code, kept.product_ids
         WHERE kept.sequence >= EXCLUDED.sequence),
       buyer = COALESCE(kept.buyer, EXCLUDED.buyer)
 WHERE kept.sequence < EXCLUDED.sequence OR (kept.buyer IS NULL AND EXCLUDED.buyer IS NOT NULL)`

// Rows are locked in the order of ids, which prevents deadlocks. LEAST ignores nulls.
const MARK = `
INSERT INTO customer AS known (user_id, due_at)
SELECT DISTINCT user_id, $2::timestamptz FROM (%s) AS changed (user_id) ORDER BY user_id
ON CONFLICT (user_id) DO UPDATE SET due_at = LEAST(known.due_at, EXCLUDED.due_at) WHERE NOT known.is_deleted`
const MARK_USERS = MARK.replace('%s', 'SELECT unnest($1::text[])')
const MARK_BUYERS = MARK.replace(
  '%s',
  'SELECT buyer FROM sale WHERE order_id = ANY($1::text[]) AND buyer IS NOT NULL',
)

const REMEMBER_CONSENT = `
INSERT INTO customer AS known (user_id, accepts_campaigns, consent_sequence, due_at) VALUES ($1, $2, $3, $4::timestamptz)
ON CONFLICT (user_id) DO UPDATE
   SET accepts_campaigns = EXCLUDED.accepts_campaigns, consent_sequence = EXCLUDED.consent_sequence,
       due_at = LEAST(known.due_at, EXCLUDED.due_at)
 WHERE known.consent_sequence < EXCLUDED.consent_sequence AND NOT known.is_deleted`

/** notifications.consent.changed: whether a customer has agreed to e-mails of campaigns. */
export async function rememberConsent({ data, sequence, time }: Envelope, tx: Tx): Promise<void> {
  const { userId, acceptsCampaigns } = consent.parse(data)
  await tx.$executeRawUnsafe(REMEMBER_CONSENT, userId, acceptsCampaigns, sequence, time)
}

/** Marks customers for evaluation, as of the earliest of the messages that changed their facts. */
export async function markCustomers(
  tx: Tx,
  userIds: readonly string[],
  messages: readonly Envelope[],
): Promise<void> {
  await markUsers(tx, userIds, earliest(messages))
}

/** Marks customers for evaluation, as of a time. */
export async function markUsers(
  tx: Tx,
  userIds: readonly string[],
  at: Date | string | undefined,
): Promise<void> {
  if (userIds.length > 0) await executeLater(tx, { text: MARK_USERS, values: [[...userIds], at] })
}

/** The time at which marked customers are due. The oldest one shows how far the evaluation is behind. */
export const earliest = (messages: readonly Envelope[]) => messages.map(({ time }) => time).toSorted()[0]

async function save(tx: Tx, rows: readonly SaleRow[], messages: readonly Envelope[]): Promise<void> {
  await executeLater(tx, { text: SAVE, values: [JSON.stringify(rows)] })
  await executeLater(tx, {
    text: MARK_BUYERS,
    values: [rows.map(({ orderId }) => orderId), earliest(messages)],
  })
}

/** orders.sale.changed: the state of each order as a sale. Their buyers are marked for evaluation. */
export async function rememberSales(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, sequence }): SaleRow => {
    const { orderId, customerId, status, placedAt, subtotal, discount, ...rest } = sale.parse(data)
    const refunded = rest.refunds.reduce((sum, refund) => sum + BigInt(refund.amount.amountMinor), 0n)
    const net = BigInt(subtotal.amountMinor) - BigInt(discount.amountMinor) - refunded
    return {
      orderId,
      sequence,
      status,
      buyer: customerId,
      placedAt,
      currency: subtotal.currencyCode,
      // A refund contains shipping, too.
      netMinor: String(net > 0n ? net : 0n),
      countryCode: rest.countryCode,
      productIds: [...new Set(rest.lines.map(({ productId }) => productId))],
    }
  })
  await save(tx, rows, messages)
  await recordProgress(tx, messages)
}

/** orders.order.claimed: assigns a guest's order to an account. It may arrive before the order. */
export async function rememberBuyer(message: Envelope, tx: Tx): Promise<void> {
  const { orderId, customerId } = claimed.parse(message.data)
  const unknown = { currency: 'USD', netMinor: '0', countryCode: null, productIds: [] }
  const row: SaleRow = {
    orderId,
    sequence: -1,
    status: 'CLAIMED',
    buyer: customerId,
    placedAt: message.time,
    ...unknown,
  }
  await save(tx, [row], [message])
}
