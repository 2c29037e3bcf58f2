// Tested in ../sales-report.int.test.ts: the test checks its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import { CHANGED, inGaps, keptDays, keptMonths } from './buckets-sql.ts'
import { basisOf } from './day-sums.ts'
import { rangeBefore } from './range.ts'
import { converted, hasRate, joinRates } from './rates-sql.ts'
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

// $1 to $2 is the range, $3 the time zone, $4 the currency, $5 the basis, $6 the first instant of the range before, $7 the number of products.
const RANGE = { from: '$1', to: '$2', basis: '$5' } as const
const BEFORE = { from: '$6', to: '$1', basis: '$5', prefix: 'before_' } as const

// The sales of products in parts of a range: whole months, days and the times between.
function partsOf({ prefix = '' }: { readonly prefix?: string }, which = '') {
  const kept = (table: string, whole: string) => `
    SELECT product_id, orders, units, (revenue ->> $4)::numeric AS revenue
      FROM ${prefix}${whole} JOIN ${table} USING (start) WHERE true ${which}`
  return `${kept('sale_month_product', 'month')}
    UNION ALL ${kept('sale_day_product', 'kept')}
    UNION ALL
    SELECT l.product_id, count(DISTINCT l.order_id), sum(l.quantity), CASE WHEN bool_and(${hasRate('$4')}) THEN sum(${converted('l.gross_minor - l.discount_minor', '$4')}) END
      FROM ${inGaps('sale', 's', 'placed_at', `${prefix}gap`)} JOIN sale_line l USING (order_id)
           ${joinRates('$4')} WHERE s.status = 'SOLD' ${which} GROUP BY l.product_id`
}

const TABLES = `
WITH ${CHANGED}, ${keptMonths(RANGE)}, ${keptMonths(BEFORE)},
  sold AS (
    SELECT product_id, sum(orders) AS orders, sum(units) AS units, CASE WHEN count(revenue) = count(*) THEN sum(revenue) END AS revenue
      FROM (${partsOf({})}) part GROUP BY product_id)`

const topSql = (order: string) => `${TABLES},
  product AS (SELECT * FROM sold ORDER BY ${order}, product_id LIMIT $7),
  previous AS (
    SELECT product_id, sum(units) AS units
      FROM (${partsOf(BEFORE, 'AND product_id IN (SELECT product_id FROM product)')}) part GROUP BY product_id)
SELECT product_id AS "productId", orders::int, product.units::int, COALESCE(previous.units, 0)::int AS "previousUnits", product.revenue::text
  FROM product LEFT JOIN previous USING (product_id) ORDER BY ${order.replaceAll(/(revenue|units)/g, 'product.$1')}, product_id`

const TOP: Record<ProductMeasure, string> = {
  REVENUE: topSql('revenue DESC NULLS LAST, units DESC'),
  UNITS: topSql('units DESC, revenue DESC NULLS LAST'),
}
const FALLING = `${TABLES},
  previous AS (SELECT product_id, sum(units) AS units FROM (${partsOf(BEFORE)}) part GROUP BY product_id)
SELECT product_id AS "productId", COALESCE(orders, 0)::int AS orders, COALESCE(sold.units, 0)::int AS units,
       previous.units::int AS "previousUnits", CASE WHEN sold.units IS NULL THEN 0 ELSE revenue END::text AS revenue
  FROM previous LEFT JOIN sold USING (product_id) WHERE COALESCE(sold.units, 0) < previous.units
 ORDER BY previous.units - COALESCE(sold.units, 0) DESC, product_id LIMIT $7`

const argsOf = ({ range, currency, timeZone }: Wanted) => [
  range.from.toISOString(),
  range.to.toISOString(),
  timeZone,
  currency,
  basisOf(timeZone),
  rangeBefore(range).from.toISOString(),
]

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

// $1 to $2 is the range, $3 the time zone, $4 the currency, $5 the basis, $6 the number of coupons.
const COUPONS = `
WITH ${CHANGED}, ${keptDays({ ...RANGE, bucket: 'DAY' })},
  part AS (
    SELECT code, orders, (discount ->> $4)::numeric AS discount, (gross ->> $4)::numeric AS gross FROM kept JOIN sale_day_coupon USING (start)
    UNION ALL
    SELECT s.coupon_code, 1, ${converted('s.discount_minor', '$4')}, ${converted('s.gross_minor', '$4')}
      FROM ${inGaps('sale', 's', 'placed_at')} ${joinRates('$4')} WHERE s.status = 'SOLD' AND s.coupon_code IS NOT NULL),
  used AS (
    SELECT code, sum(orders)::int AS orders, CASE WHEN count(discount) = count(*) THEN sum(discount) END AS discount,
           CASE WHEN count(discount) = count(*) THEN sum(gross) - sum(discount) END AS net
      FROM part GROUP BY code)
SELECT code, orders, discount::text, net::text FROM used ORDER BY used.discount DESC NULLS LAST, orders DESC, code LIMIT $6`

/** The coupons of a range that gave the largest discounts. */
export function readCoupons(prisma: PrismaClient, wanted: Wanted, first: number): Promise<CouponRow[]> {
  return prisma.$queryRawUnsafe<CouponRow[]>(COUPONS, ...argsOf(wanted).slice(0, 5), first)
}
