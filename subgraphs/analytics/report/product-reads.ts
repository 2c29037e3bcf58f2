// Tested in ../sales-report.int.test.ts: a statement is shown by its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import { rangeBefore } from './range.ts'
import { converted, joinRates, RATE } from './rates-sql.ts'
import type { Wanted } from './report-reads.ts'

export type ProductMeasure = 'REVENUE' | 'UNITS'

/** The sales of a product. `revenue` is in minor units as text; null without a rate. */
export type ProductRow = {
  readonly productId: string
  readonly orders: number
  readonly units: number
  readonly previousUnits: number
  readonly revenue: string | null
}

/** The sales of a coupon. Amounts are in minor units as text; null without a rate. */
export type CouponRow = {
  readonly code: string
  readonly orders: number
  readonly discount: string | null
  readonly net: string | null
}

// $1 to $2 is the range, $3 the first instant of the range before, $4 the currency.
const SOLD = `
WITH ${RATE},
  sold AS (
    SELECT s.order_id, l.product_id, l.quantity, s.placed_at >= $1::timestamptz AS is_now,
           ${converted('l.gross_minor - l.discount_minor', '$4')} AS revenue
      FROM sale s JOIN sale_line l USING (order_id) ${joinRates('$4')}
     WHERE s.status = 'SOLD' AND s.placed_at >= $3::timestamptz AND s.placed_at < $2::timestamptz),
  product AS (
    SELECT product_id AS "productId", count(DISTINCT order_id) FILTER (WHERE is_now)::int AS orders,
           COALESCE(sum(quantity) FILTER (WHERE is_now), 0)::int AS units,
           COALESCE(sum(quantity) FILTER (WHERE NOT is_now), 0)::int AS "previousUnits",
           CASE WHEN bool_and(revenue IS NOT NULL) FILTER (WHERE is_now)
                THEN sum(revenue) FILTER (WHERE is_now) END AS revenue
      FROM sold GROUP BY product_id)
SELECT "productId", orders, units, "previousUnits", CASE WHEN units = 0 THEN 0 ELSE revenue END::text AS revenue
  FROM product`

const TOP: Record<ProductMeasure, string> = {
  REVENUE: `${SOLD} WHERE units > 0 ORDER BY product.revenue DESC NULLS LAST, units DESC, "productId" LIMIT $5`,
  UNITS: `${SOLD} WHERE units > 0 ORDER BY units DESC, product.revenue DESC NULLS LAST, "productId" LIMIT $5`,
}
const FALLING = `${SOLD} WHERE units < "previousUnits" ORDER BY "previousUnits" - units DESC, "productId" LIMIT $5`

const argsOf = ({ range, currency }: Wanted) =>
  [range.from, range.to, rangeBefore(range).from]
    .map((at) => at.toISOString())
    .concat(currency) as readonly string[]

/** The best-selling products of a range. */
export function readTopProducts(
  prisma: PrismaClient,
  wanted: Wanted,
  { first, by }: { readonly first: number; readonly by: ProductMeasure },
): Promise<ProductRow[]> {
  return prisma.$queryRawUnsafe<ProductRow[]>(TOP[by], ...argsOf(wanted), first)
}

/** The products that lost the most units against the range before. */
export function readFallingProducts(
  prisma: PrismaClient,
  wanted: Wanted,
  first: number,
): Promise<ProductRow[]> {
  return prisma.$queryRawUnsafe<ProductRow[]>(FALLING, ...argsOf(wanted), first)
}

const COUPONS = `
WITH ${RATE},
  used AS (
    SELECT s.coupon_code AS code, ${converted('s.discount_minor', '$3')} AS discount,
           ${converted('s.gross_minor', '$3')} AS gross
      FROM sale s ${joinRates('$3')}
     WHERE s.status = 'SOLD' AND s.coupon_code IS NOT NULL
       AND s.placed_at >= $1::timestamptz AND s.placed_at < $2::timestamptz)
SELECT code, count(*)::int AS orders, CASE WHEN bool_and(discount IS NOT NULL) THEN sum(discount) END::text AS discount,
       CASE WHEN bool_and(discount IS NOT NULL) THEN sum(gross - discount) END::text AS net
  FROM used GROUP BY code ORDER BY sum(discount) DESC NULLS LAST, count(*) DESC, code LIMIT $4`

/** The coupons of a range that gave the largest discounts. */
export function readCoupons(
  prisma: PrismaClient,
  { range: { from, to }, currency }: Wanted,
  first: number,
): Promise<CouponRow[]> {
  return prisma.$queryRawUnsafe<CouponRow[]>(COUPONS, from.toISOString(), to.toISOString(), currency, first)
}
