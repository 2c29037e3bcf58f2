// Tested in ../events.int.test.ts: the test delivers messages.

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
const buyer = z.string().nullable()

const line = z.object({
  variantId: z.string(),
  productId: z.string(),
  quantity: z.int().positive(),
  unitPrice: amount,
  discount: amount,
})

const sale = z.object({
  orderId: idSchema('ord'),
  customerId: buyer,
  status: z.enum(['SOLD', 'CANCELLED']),
  placedAt: z.iso.datetime(),
  subtotal: amount,
  discount: amount,
  shipping: amount,
  tax: amount,
  couponCode: z.string().nullable(),
  lines: z.array(line),
  refunds: z.array(z.object({ at: z.iso.datetime(), amount })),
})

const placed = z.object({ orderId: idSchema('ord'), customerId: buyer, grandTotal: amount })
const claimed = z.object({ orderId: idSchema('ord'), customerId: z.string() })

/** A row of `sale` as JSON. */
type SaleRow = {
  readonly orderId: string
  readonly sequence: number
  readonly status: 'CLAIMED' | 'OPEN' | 'SOLD' | 'CANCELLED'
  readonly buyer: string | null
  readonly placedAt: string
  readonly currency?: string
  readonly units?: number
  readonly grossMinor?: string
  readonly discountMinor?: string
  readonly shippingMinor?: string
  readonly taxMinor?: string
  readonly couponCode?: string | null
}

// The newest state of each order, since one statement may not write a row twice. The buyer of an order is set once and never changes.
const SAVE = `
INSERT INTO sale AS kept (order_id, sequence, status, buyer, placed_at, currency, units, gross_minor, discount_minor, shipping_minor,
                          tax_minor, coupon_code)
SELECT DISTINCT ON ("orderId") "orderId", sequence, status, buyer, "placedAt", COALESCE(currency, 'USD'), COALESCE(units, 0),
       COALESCE("grossMinor", 0), COALESCE("discountMinor", 0), COALESCE("shippingMinor", 0), COALESCE("taxMinor", 0), "couponCode"
  FROM jsonb_to_recordset($1::jsonb)
    AS incoming("orderId" text, sequence int, status text, buyer text, "placedAt" timestamptz, currency text, units int,
            "grossMinor" bigint, "discountMinor" bigint, "shippingMinor" bigint, "taxMinor" bigint, "couponCode" text)
 ORDER BY "orderId", sequence DESC
ON CONFLICT (order_id) DO UPDATE
   SET (sequence, status, placed_at, currency, units, gross_minor, discount_minor, shipping_minor, tax_minor, coupon_code) =
       (SELECT newest.* FROM (SELECT EXCLUDED.sequence, EXCLUDED.status, EXCLUDED.placed_at, EXCLUDED.currency, EXCLUDED.units,
               EXCLUDED.gross_minor, EXCLUDED.discount_minor, EXCLUDED.shipping_minor, EXCLUDED.tax_minor, EXCLUDED.coupon_code) newest
         WHERE kept.sequence < EXCLUDED.sequence
        UNION ALL
        SELECT kept.sequence, kept.status, kept.placed_at, kept.currency, kept.units, kept.gross_minor, kept.discount_minor,
               kept.shipping_minor, kept.tax_minor, kept.coupon_code
         WHERE kept.sequence >= EXCLUDED.sequence),
       buyer = COALESCE(kept.buyer, EXCLUDED.buyer)
 WHERE kept.sequence < EXCLUDED.sequence OR (kept.buyer IS NULL AND EXCLUDED.buyer IS NOT NULL)`

const SAVE_LINES = `
INSERT INTO sale_line (order_id, variant_id, product_id, quantity, gross_minor, discount_minor)
SELECT DISTINCT ON ("orderId", "variantId") "orderId", "variantId", "productId", quantity, "grossMinor", "discountMinor"
  FROM jsonb_to_recordset($1::jsonb)
    AS incoming("orderId" text, "variantId" text, "productId" text, quantity int, "grossMinor" bigint, "discountMinor" bigint)
 ORDER BY "orderId", "variantId"
ON CONFLICT DO NOTHING`

const SAVE_REFUNDS = `
INSERT INTO refund (order_id, position, at, amount_minor)
SELECT DISTINCT ON ("orderId", position) "orderId", position, at, "amountMinor"
  FROM jsonb_to_recordset($1::jsonb) AS incoming("orderId" text, position int, at timestamptz, "amountMinor" bigint)
 ORDER BY "orderId", position
ON CONFLICT DO NOTHING`

/** Refunds and lines of a sale are only ever added, so an older message contains nothing wrong. */
async function save(
  tx: Tx,
  rows: readonly SaleRow[],
  lines: readonly object[] = [],
  refunds: readonly object[] = [],
) {
  await executeLater(tx, { text: SAVE, values: [JSON.stringify(rows)] })
  if (lines.length > 0) await executeLater(tx, { text: SAVE_LINES, values: [JSON.stringify(lines)] })
  if (refunds.length > 0) await executeLater(tx, { text: SAVE_REFUNDS, values: [JSON.stringify(refunds)] })
}

/** orders.sale.changed: the state of each order as a sale. */
export async function rememberSales(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const sales = messages.map(({ data, sequence }) => ({ ...sale.parse(data), sequence }))
  const rows = sales.map(
    ({ orderId, sequence, status, customerId, placedAt, couponCode, ...rest }): SaleRow => {
      const { subtotal, discount, shipping, tax, lines } = rest
      return {
        orderId,
        sequence,
        status,
        buyer: customerId,
        placedAt,
        couponCode,
        currency: subtotal.currencyCode,
        units: lines.reduce((units, { quantity }) => units + quantity, 0),
        grossMinor: subtotal.amountMinor,
        discountMinor: discount.amountMinor,
        shippingMinor: shipping.amountMinor,
        taxMinor: tax.amountMinor,
      }
    },
  )
  const lines = sales.flatMap(({ orderId, lines: bought }) =>
    bought.map(({ variantId, productId, quantity, unitPrice, discount }) => ({
      orderId,
      variantId,
      productId,
      quantity,
      grossMinor: String(BigInt(unitPrice.amountMinor) * BigInt(quantity)),
      discountMinor: discount.amountMinor,
    })),
  )
  const refunds = sales.flatMap(({ orderId, refunds: credited }) =>
    credited.map(({ at, amount: { amountMinor } }, position) => ({ orderId, position, at, amountMinor })),
  )
  await save(tx, rows, lines, refunds)
  await recordProgress(tx, messages)
}

/** orders.order.placed: orders that may become sales. */
export async function rememberPlaced(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data, time }): SaleRow => {
    const { orderId, customerId, grandTotal } = placed.parse(data)
    const { currencyCode: currency } = grandTotal
    return { orderId, sequence: 0, status: 'OPEN', buyer: customerId, placedAt: time, currency }
  })
  await save(tx, rows)
  await recordProgress(tx, messages)
}

/** orders.order.claimed: assigns a guest's order to an account. It may arrive before the order. */
export async function rememberClaim(message: Envelope, tx: Tx): Promise<void> {
  const { orderId, customerId } = claimed.parse(message.data)
  const row = { orderId, sequence: -1, status: 'CLAIMED', buyer: customerId, placedAt: message.time } as const
  await save(tx, [row])
  await recordProgress(tx, [message])
}
