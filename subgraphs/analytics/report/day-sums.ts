// Tested in ../day-sums.int.test.ts: sums are compared with those of the sales themselves.

import { CURRENCIES } from '@argyle/kit/money'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { bucketOf, endOf, SALE_BEFORE } from './buckets-sql.ts'
import { converted, hasRate, joinRates } from './rates-sql.ts'

type Tx = Prisma.TransactionClient

/** Key of the lock that setting an exchange rate takes too, in a trigger: days are derived with the rates of before or those of after. */
const RATES_LOCK = 7462
/** Changes that one transaction takes, and days that it derives: about a second with 3,000 sales a day. Other days are noted again. */
const CHANGES_AT_ONCE = 20_000
const DAYS_AT_ONCE = 5

/** Basis of kept sums beside the sales: days of another basis are not read, and derived anew. */
export const basisOf = (timeZone: string): string => [timeZone, ...CURRENCIES].join(' ')

const FORGET_OTHER_BASES = `
WITH old AS (DELETE FROM sale_day WHERE basis <> $1 RETURNING start, finish),
     old_month AS (DELETE FROM sale_month WHERE basis <> $1)
INSERT INTO sale_change (at) SELECT start FROM old UNION SELECT finish - interval '1 millisecond' FROM old`

// $1 is the number of changes, $2 that of days, $3 the time zone.
const TAKE = `
WITH taken AS (
    DELETE FROM sale_change WHERE id IN (SELECT id FROM sale_change ORDER BY id LIMIT $1) RETURNING at, buyer),
  changed AS (
    SELECT at FROM taken UNION
    SELECT n.placed_at FROM taken c CROSS JOIN LATERAL (
      SELECT s.placed_at FROM sale s WHERE s.buyer = c.buyer AND s.status = 'SOLD' AND s.placed_at > c.at
       ORDER BY s.placed_at, s.order_id LIMIT 1) n),
  day AS (SELECT DISTINCT ${bucketOf('DAY', 'at')} AS start FROM changed),
  chosen AS MATERIALIZED (SELECT start, ${endOf('day', 'start')} AS finish FROM day ORDER BY start DESC LIMIT $2),
  later AS (INSERT INTO sale_change (at) SELECT start FROM day WHERE start NOT IN (SELECT start FROM chosen))
SELECT start, finish FROM chosen ORDER BY start`

// $1 to $2 is a day. One is derived at a time, since PostgreSQL then knows how many sales it has.
const ON_DAY = `s.placed_at >= $1::timestamptz AND s.placed_at < $2::timestamptz`

const FORGET = `
WITH month AS (DELETE FROM sale_month WHERE start < $2::timestamptz AND finish > $1::timestamptz)
DELETE FROM sale_day WHERE start < $2::timestamptz AND finish > $1::timestamptz`

const SAVE_DAY = `
INSERT INTO sale_day (start, finish, basis, placed, cancelled, guests, fresh)
SELECT $1::timestamptz, $2::timestamptz, $3, count(*), count(*) FILTER (WHERE s.status = 'CANCELLED'),
       count(*) FILTER (WHERE s.status = 'SOLD' AND s.buyer IS NULL),
       count(*) FILTER (WHERE s.status = 'SOLD' AND s.buyer IS NOT NULL AND e.at IS NULL)
  FROM sale s LEFT JOIN ${SALE_BEFORE} e ON s.status = 'SOLD' WHERE ${ON_DAY} AND s.status <> 'CLAIMED'`

const SAVE_RETURNS = `
WITH again AS (
  SELECT ${bucketOf('DAY', 'e.at')} AS previous
    FROM sale s CROSS JOIN ${SALE_BEFORE} e WHERE ${ON_DAY} AND s.status = 'SOLD' AND e.at < $1::timestamptz)
INSERT INTO sale_day_return (start, previous, sales) SELECT $1::timestamptz, previous, count(*) FROM again GROUP BY previous`

const TARGETS = `target_currency (target) AS (VALUES ${CURRENCIES.map((one) => `('${one}')`).join(', ')})`
const AMOUNTS = ['gross', 'discount', 'shipping', 'tax'] as const
const sums = (of: (name: string) => string) => AMOUNTS.map(of).join(', ')

const SAVE_SUMS = `
WITH ${TARGETS},
  sold AS (
    SELECT c.target, s.currency, ${hasRate('c.target')} AS has_rate, s.units,
           ${sums((name) => `s.${name}_minor AS ${name}, ${converted(`s.${name}_minor`, 'c.target')} AS in_${name}`)}
      FROM sale s CROSS JOIN target_currency c ${joinRates('c.target')} WHERE ${ON_DAY} AND s.status = 'SOLD'),
  credited AS (
    SELECT c.target, s.currency, ${hasRate('c.target')} AS has_rate, r.amount_minor AS refunds,
           ${converted('r.amount_minor', 'c.target')} AS in_refunds
      FROM refund r JOIN sale s USING (order_id) CROSS JOIN target_currency c ${joinRates('c.target')}
     WHERE r.at >= $1::timestamptz AND r.at < $2::timestamptz AND s.status = 'SOLD'),
  part AS (
    SELECT target, currency, bool_and(has_rate) AS has_rate, count(*) AS orders, sum(units) AS units,
           ${sums((name) => `sum(${name}) AS ${name}, sum(in_${name}) AS in_${name}`)}, 0::numeric AS refunds, 0::numeric AS in_refunds
      FROM sold GROUP BY target, currency
    UNION ALL
    SELECT target, currency, bool_and(has_rate), 0, 0, ${sums(() => '0, 0')}, sum(refunds), sum(in_refunds)
      FROM credited GROUP BY target, currency)
INSERT INTO sale_day_sum (start, target, currency, has_rate, orders, units, ${sums((name) => `${name}, in_${name}`)}, refunds, in_refunds)
SELECT $1::timestamptz, target, currency, bool_and(has_rate), sum(orders), sum(units),
       ${sums((name) => `sum(${name}), sum(in_${name})`)}, sum(refunds), sum(in_refunds)
  FROM part GROUP BY target, currency`

const SAVE_PRODUCTS = `
WITH ${TARGETS},
  part AS (
    SELECT l.product_id, c.target, count(DISTINCT l.order_id) AS orders, sum(l.quantity) AS units,
           CASE WHEN bool_and(${hasRate('c.target')}) THEN sum(${converted('l.gross_minor - l.discount_minor', 'c.target')}) END AS revenue
      FROM sale s JOIN sale_line l USING (order_id)
     CROSS JOIN target_currency c ${joinRates('c.target')}
     WHERE ${ON_DAY} AND s.status = 'SOLD' GROUP BY l.product_id, c.target)
INSERT INTO sale_day_product (start, product_id, orders, units, revenue)
SELECT $1::timestamptz, product_id, max(orders), max(units), COALESCE(jsonb_object_agg(target, revenue) FILTER (WHERE revenue IS NOT NULL), '{}')
  FROM part GROUP BY product_id`

const SAVE_COUPONS = `
WITH ${TARGETS},
  part AS (
    SELECT s.coupon_code AS code, c.target, count(*) AS orders, bool_and(${hasRate('c.target')}) AS has_rate,
           sum(${converted('s.discount_minor', 'c.target')}) AS discount, sum(${converted('s.gross_minor', 'c.target')}) AS gross
      FROM sale s CROSS JOIN target_currency c ${joinRates('c.target')}
     WHERE ${ON_DAY} AND s.status = 'SOLD' AND s.coupon_code IS NOT NULL GROUP BY s.coupon_code, c.target)
INSERT INTO sale_day_coupon (start, code, orders, discount, gross)
SELECT $1::timestamptz, code, max(orders), COALESCE(jsonb_object_agg(target, discount) FILTER (WHERE has_rate), '{}'),
       COALESCE(jsonb_object_agg(target, gross) FILTER (WHERE has_rate), '{}')
  FROM part GROUP BY code`

// The oldest month that has days until today, and no sale beside them; of this month, the days before today. $1 is the current instant.
const FORGET_MONTH = `
DELETE FROM sale_month WHERE basis = $2 AND finish < least(${endOf('month', 'start')}, ${bucketOf('DAY', '$1::timestamptz')})`
const SAVE_MONTH = `
INSERT INTO sale_month (start, finish, basis)
SELECT start, finish, $2 FROM (
  SELECT DISTINCT start, least(${endOf('month', 'start')}, ${bucketOf('DAY', '$1::timestamptz')}) AS finish
    FROM (SELECT ${bucketOf('MONTH', 'd.start')} AS start FROM sale_day d) o) m
 WHERE start < finish AND start NOT IN (SELECT start FROM sale_month)
   AND NOT EXISTS (SELECT 1 FROM sale s WHERE s.placed_at >= m.start AND s.placed_at < m.finish AND s.status <> 'CLAIMED'
                      AND ${bucketOf('DAY', 's.placed_at')} NOT IN (SELECT start FROM sale_day))
 ORDER BY start LIMIT 1 RETURNING start, finish`

const SAVE_MONTH_PRODUCTS = `
WITH product AS (SELECT * FROM sale_day_product WHERE start >= $1::timestamptz AND start < $2::timestamptz),
  whole AS (SELECT product_id, sum(orders) AS orders, sum(units) AS units, count(*) AS days FROM product GROUP BY product_id),
  part AS (
    SELECT product_id, r.key AS target, sum(r.value::numeric) AS revenue, count(*) AS days
      FROM product CROSS JOIN jsonb_each(revenue) r GROUP BY product_id, r.key)
INSERT INTO sale_month_product (start, product_id, orders, units, revenue)
SELECT $1::timestamptz, product_id, orders, w.units,
       COALESCE(jsonb_object_agg(target, p.revenue) FILTER (WHERE p.days = w.days), '{}')
  FROM whole w LEFT JOIN part p USING (product_id) GROUP BY product_id, orders, w.units`

type Span = { readonly start: Date; readonly finish: Date }

const isoOf = (at: Date) => at.toISOString()

async function deriveDays(tx: Tx, timeZone: string): Promise<boolean> {
  const days = await tx.$queryRawUnsafe<Span[]>(TAKE, CHANGES_AT_ONCE, DAYS_AT_ONCE, timeZone)
  if (days.length === 0) return false
  for (const { start, finish } of days) {
    const day = [isoOf(start), isoOf(finish)]
    await tx.$executeRawUnsafe(FORGET, ...day)
    await tx.$executeRawUnsafe(SAVE_DAY, ...day, basisOf(timeZone))
    await tx.$executeRawUnsafe(SAVE_RETURNS, ...day, timeZone)
    await tx.$executeRawUnsafe(SAVE_SUMS, ...day)
    await tx.$executeRawUnsafe(SAVE_PRODUCTS, ...day)
    await tx.$executeRawUnsafe(SAVE_COUPONS, ...day)
  }
  return true
}

async function deriveMonth(tx: Tx, timeZone: string, now: Date): Promise<boolean> {
  const [month] = await tx.$queryRawUnsafe<Span[]>(SAVE_MONTH, isoOf(now), basisOf(timeZone), timeZone)
  if (!month) return false
  await tx.$executeRawUnsafe(SAVE_MONTH_PRODUCTS, isoOf(month.start), isoOf(month.finish))
  return true
}

/** Runs `work` in transactions until there is nothing left to do; not while another process derives, or a rate is being set. */
async function untilDone(prisma: PrismaClient, work: (tx: Tx) => Promise<boolean>): Promise<void> {
  const once = (tx: Tx) =>
    tx.$queryRaw<{ ours: boolean }[]>`SELECT pg_try_advisory_xact_lock(${RATES_LOCK}) AS ours`
  while (await prisma.$transaction(async (tx) => (await once(tx))[0]?.ours === true && (await work(tx))));
}

/** Derives the sums of the days that changed, and of months that are over. */
export async function deriveDaySums(prisma: PrismaClient, timeZone: string, now: Date): Promise<void> {
  await prisma.$executeRawUnsafe(FORGET_OTHER_BASES, basisOf(timeZone))
  await untilDone(prisma, (tx) => deriveDays(tx, timeZone))
  await prisma.$executeRawUnsafe(FORGET_MONTH, isoOf(now), basisOf(timeZone), timeZone)
  await untilDone(prisma, (tx) => deriveMonth(tx, timeZone, now))
}
