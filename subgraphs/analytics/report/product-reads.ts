// Tested in ../sales-report.int.test.ts: a statement is shown by its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import { rangeBefore } from './range.ts'
import { converted, hasRate, joinRates, RATE } from './rates-sql.ts'
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

// $1 to $2 is the range, $3 the first instant of the range before, $4 the currency, $5 the number of products.
const NOW = `s.status = 'SOLD' AND s.placed_at >= $1::timestamptz AND s.placed_at < $2::timestamptz`
const BEFORE = `s.status = 'SOLD' AND s.placed_at >= $3::timestamptz AND s.placed_at < $1::timestamptz`
const REVENUE = converted('l.gross_minor - l.discount_minor', '$4')
const SUMMED = `sum(quantity) AS units, CASE WHEN bool_and(${hasRate('$4')}) THEN sum(${REVENUE}) END AS revenue`

// Columns that do not compare products are read of the chosen ones alone. Outside, `revenue` alone is the text.
const topSql = (orderOf: (prefix: '' | 'product.') => string) => `
WITH ${RATE},
  product AS (
    SELECT l.product_id, ${SUMMED} FROM sale s JOIN sale_line l USING (order_id) ${joinRates('$4')}
     WHERE ${NOW} GROUP BY l.product_id ORDER BY ${orderOf('')}, l.product_id LIMIT $5)
SELECT product_id AS "productId", o.orders, units::int, b.previous AS "previousUnits", revenue::text
  FROM product
 CROSS JOIN LATERAL (SELECT count(DISTINCT l.order_id)::int AS orders FROM sale_line l JOIN sale s USING (order_id)
                      WHERE l.product_id = product.product_id AND ${NOW}) o
 CROSS JOIN LATERAL (SELECT COALESCE(sum(quantity), 0)::int AS previous FROM sale_line l JOIN sale s USING (order_id)
                      WHERE l.product_id = product.product_id AND ${BEFORE}) b
 ORDER BY ${orderOf('product.')}, product_id`

const TOP: Record<ProductMeasure, string> = {
  REVENUE: topSql((of) => `${of}revenue DESC NULLS LAST, ${of}units DESC`),
  UNITS: topSql((of) => `${of}units DESC, ${of}revenue DESC NULLS LAST`),
}
const FALLING = `
WITH ${RATE},
  product AS (
    SELECT * FROM (
      SELECT l.product_id, COALESCE(sum(quantity) FILTER (WHERE s.placed_at >= $1::timestamptz), 0)::int AS units,
             COALESCE(sum(quantity) FILTER (WHERE s.placed_at < $1::timestamptz), 0)::int AS previous_units
        FROM sale s JOIN sale_line l USING (order_id)
       WHERE s.status = 'SOLD' AND s.placed_at >= $3::timestamptz AND s.placed_at < $2::timestamptz
       GROUP BY l.product_id) counted
     WHERE units < previous_units ORDER BY previous_units - units DESC, product_id LIMIT $5)
SELECT product_id AS "productId", o.orders, product.units, previous_units AS "previousUnits",
       CASE WHEN o.orders = 0 THEN 0 ELSE o.revenue END::text AS revenue
  FROM product
 CROSS JOIN LATERAL (SELECT count(DISTINCT l.order_id)::int AS orders, ${SUMMED}
                       FROM sale_line l JOIN sale s USING (order_id) ${joinRates('$4')}
                      WHERE l.product_id = product.product_id AND ${NOW}) o
 ORDER BY previous_units - product.units DESC, product_id`

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
