// Tested in ../sale-events.int.test.ts: the rows need a checkout.

import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'

type SqlReader = Pick<Tx | PrismaClient, '$queryRawUnsafe'>

/** A line of a sale. Amounts are in minor units, as text. */
type SoldLine = {
  readonly variantId: string
  readonly productId: string
  readonly quantity: number
  readonly unitMinor: string
  readonly discountMinor: string
}

/** A credit note of a sale. */
type Credit = { readonly at: string; readonly amountMinor: string }

/** An order as a sale: the row of `orders.sale.changed`. */
export type SaleRow = {
  readonly id: string
  readonly number: string
  readonly customerId: string | null
  readonly version: number
  readonly isCancelled: boolean
  readonly placedAt: Date
  readonly confirmedAt: Date | null
  readonly currency: 'USD' | 'EUR' | 'JPY'
  readonly subtotalMinor: bigint
  readonly discountMinor: bigint
  readonly shippingMinor: bigint
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  readonly couponCode: string | null
  readonly countryCode: string
  readonly lines: readonly SoldLine[]
  readonly credits: readonly Credit[]
}

const COLUMNS = `
  o.id, o.number, o.customer_id AS "customerId", o.version, o.status = 'CANCELLED' AS "isCancelled", o.placed_at AS "placedAt",
  o.currency::text, o.subtotal_minor AS "subtotalMinor", o.discount_minor AS "discountMinor", o.shipping_minor AS "shippingMinor",
  o.tax_minor AS "taxMinor", o.total_minor AS "totalMinor", o.coupon_code AS "couponCode", o.ship_country_code AS "countryCode",
  (SELECT min(h.at) FROM order_status_change h WHERE h.order_id = o.id AND h.to_status = 'CONFIRMED') AS "confirmedAt",
  (SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'productId', l.product_id, 'quantity', l.quantity,
            'unitMinor', l.unit_minor::text, 'discountMinor', l.discount_minor::text) ORDER BY l.position)
     FROM order_line l WHERE l.order_id = o.id) AS lines,
  COALESCE((SELECT jsonb_agg(jsonb_build_object('at', i.made_at, 'amountMinor', i.amount_minor::text) ORDER BY i.made_at, i.id)
     FROM invoice i WHERE i.order_id = o.id AND i.kind = 'CREDIT_NOTE'), '[]'::jsonb) AS credits`

const ONE = `SELECT ${COLUMNS} FROM orders o WHERE o.id = $1`

// An order is a sale from its confirmation on. An order that was cancelled before that is published as
// cancelled.
const PAGE = `
SELECT ${COLUMNS} FROM orders o
 WHERE o.id > $1
   AND (o.status = 'CANCELLED'
        OR EXISTS (SELECT 1 FROM order_status_change h WHERE h.order_id = o.id AND h.to_status = 'CONFIRMED'))
   AND ($2::timestamptz IS NULL OR o.placed_at >= $2::timestamptz
        OR EXISTS (SELECT 1 FROM order_status_change h WHERE h.order_id = o.id AND h.at >= $2::timestamptz)
        OR EXISTS (SELECT 1 FROM invoice i WHERE i.order_id = o.id AND i.made_at >= $2::timestamptz))
 ORDER BY o.id LIMIT $3`

/** An order as a sale, in the transaction that changed it. */
export async function readSale(tx: SqlReader, id: string): Promise<SaleRow | null> {
  const [row] = await tx.$queryRawUnsafe<SaleRow[]>(ONE, id)
  return row ?? null
}

/** A page of sales and cancelled orders that were placed or changed at or after a time, by id. */
export function readSales(
  prisma: SqlReader,
  { after, since, limit }: { after: string | null; since: Date | null; limit: number },
): Promise<SaleRow[]> {
  return prisma.$queryRawUnsafe<SaleRow[]>(PAGE, after ?? '', since?.toISOString() ?? null, limit)
}
