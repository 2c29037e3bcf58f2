// Tested in ../day-sums.int.test.ts: sums are compared with those of the sales themselves.

import { CURRENCIES } from '@argyle/kit/money'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { bucketOf, endOf, SALE_BEFORE } from './buckets-sql.ts'
import { converted, hasRate, joinRates } from './rates-sql.ts'

type Tx = Prisma.TransactionClient

/** Key of the lock of the process that derives. */
const DERIVING_LOCK = 7462
/** Changes that one transaction takes. */
export const CHANGES_AT_ONCE = 20_000
/** Minutes for which sums are kept after the last derivation of their basis: an upgrade runs two versions. */
export const OTHER_BASIS_MINUTES = 60

/** Basis of the kept sums apart from the sales. Days of another basis are not read, and are derived again. */
export const basisOf = (timeZone: string): string => [timeZone, ...CURRENCIES].join(' ')

const SAVE_BASIS = `
INSERT INTO sale_basis (basis, derived_at) VALUES ($1, $2::timestamptz)
ON CONFLICT (basis) DO UPDATE SET derived_at = EXCLUDED.derived_at`

// All days are noted, since those of two time zones overlap: a day that replaced another leaves a part of it without sums. $1 is the current
// instant, $2 the time zone.
const quarters = (table: string, at: string) =>
  `SELECT date_bin('15 minutes', ${at}, '2000-01-01 00:00:00Z') AS at FROM ${table}`
const FORGET_OTHER_BASES = `
WITH gone AS (DELETE FROM sale_basis WHERE derived_at <= $1::timestamptz - interval '${OTHER_BASIS_MINUTES} minutes' RETURNING basis),
  live AS (SELECT basis FROM sale_basis WHERE basis NOT IN (SELECT basis FROM gone)),
  month AS (DELETE FROM sale_month WHERE basis NOT IN (SELECT basis FROM live)),
  day AS (DELETE FROM sale_day WHERE basis NOT IN (SELECT basis FROM live) RETURNING start)
INSERT INTO sale_change (at)
SELECT DISTINCT ${bucketOf('DAY', 'at', '$2')} FROM (
  ${quarters('sale', 'placed_at')} WHERE status <> 'CLAIMED' UNION ${quarters('refund', 'at')}) quarter
 WHERE EXISTS (SELECT 1 FROM day)`

// Replaces changes by their days. $1 is the newest change, $2 the number of changes, $3 the time zone.
const NOTE_DAYS = `
WITH taken AS (
    DELETE FROM sale_change WHERE id IN (SELECT id FROM sale_change WHERE id <= $1::bigint ORDER BY id LIMIT $2) RETURNING at, buyer),
  stale AS (DELETE FROM sale_change_since RETURNING since),
  changed AS (
    SELECT at FROM taken UNION
    SELECT n.placed_at FROM taken c CROSS JOIN LATERAL (
      SELECT s.placed_at FROM sale s WHERE s.buyer = c.buyer AND s.status = 'SOLD' AND s.placed_at > c.at
       ORDER BY s.placed_at, s.order_id LIMIT 1) n
    UNION SELECT start FROM sale_day WHERE finish > (SELECT min(since) FROM stale)),
  noted AS (INSERT INTO sale_change (at) SELECT DISTINCT ${bucketOf('DAY', 'at')} FROM changed)
SELECT count(*)::int AS count FROM taken`

const NOTED_DAYS = `
SELECT start, ${endOf('day', 'start', '$1')} AS finish
  FROM (SELECT DISTINCT ${bucketOf('DAY', 'at', '$1')} AS start FROM sale_change WHERE buyer IS NULL) noted ORDER BY start DESC`

// A change with a buyer concerns another day too, and is left for the next run.
const TAKE_DAY =
  'DELETE FROM sale_change WHERE buyer IS NULL AND at >= $1::timestamptz AND at < $2::timestamptz'

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
    FROM (SELECT ${bucketOf('MONTH', 'd.start')} AS start FROM sale_day d WHERE d.basis = $2) o) m
 WHERE start < finish AND start NOT IN (SELECT start FROM sale_month)
   AND NOT EXISTS (SELECT 1 FROM sale s WHERE s.placed_at >= m.start AND s.placed_at < m.finish AND s.status <> 'CLAIMED'
                      AND ${bucketOf('DAY', 's.placed_at')} NOT IN (SELECT start FROM sale_day WHERE basis = $2))
 ORDER BY start LIMIT 1 RETURNING start, finish`

const SAVE_MONTH_PRODUCTS = `
WITH product AS (
    SELECT p.* FROM sale_day_product p JOIN sale_day d USING (start)
     WHERE d.basis = $3 AND start >= $1::timestamptz AND start < $2::timestamptz),
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

/** Runs `work` in a transaction. Resolves to null while another process derives. */
function whileOthersWait<T>(prisma: PrismaClient, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  return prisma.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<
      { ours: boolean }[]
    >`SELECT pg_try_advisory_xact_lock(${DERIVING_LOCK}) AS ours`
    return lock?.ours ? work(tx) : null
  })
}

/** Replaces the changes made before this call by their days. False if another process derives. */
async function noteDays(prisma: PrismaClient, timeZone: string): Promise<boolean> {
  const [newest] = await prisma.$queryRaw<
    { id: string }[]
  >`SELECT COALESCE(max(id), 0)::text AS id FROM sale_change`
  const some = (tx: Tx) =>
    tx.$queryRawUnsafe<{ count: number }[]>(NOTE_DAYS, newest?.id, CHANGES_AT_ONCE, timeZone)
  while (true) {
    const taken = await whileOthersWait(prisma, some)
    if (taken === null) return false
    if (taken[0]?.count !== CHANGES_AT_ONCE) return true
  }
}

async function deriveDay(tx: Tx, day: readonly [string, string], timeZone: string): Promise<void> {
  await tx.$executeRawUnsafe(FORGET, ...day)
  await tx.$executeRawUnsafe(SAVE_DAY, ...day, basisOf(timeZone))
  await tx.$executeRawUnsafe(SAVE_RETURNS, ...day, timeZone)
  await tx.$executeRawUnsafe(SAVE_SUMS, ...day)
  await tx.$executeRawUnsafe(SAVE_PRODUCTS, ...day)
  await tx.$executeRawUnsafe(SAVE_COUPONS, ...day)
}

/** Derives each noted day once, the newest first, in a transaction of its own. Resolves to the errors of those that failed, by day. */
async function deriveDays(prisma: PrismaClient, timeZone: string, stop?: AbortSignal) {
  const failures = new Map<string, unknown>()
  for (const { start, finish } of await prisma.$queryRawUnsafe<Span[]>(NOTED_DAYS, timeZone)) {
    if (stop?.aborted) break
    const day = [isoOf(start), isoOf(finish)] as const
    let isTaken = false
    try {
      const done = await whileOthersWait(prisma, async (tx) => {
        isTaken = (await tx.$executeRawUnsafe(TAKE_DAY, ...day)) > 0
        if (isTaken) await deriveDay(tx, day, timeZone)
        return true
      })
      if (done === null) break
    } catch (error) {
      if (!isTaken) throw error
      failures.set(isoOf(start), error)
    }
  }
  return failures
}

async function deriveMonth(tx: Tx, timeZone: string, now: Date): Promise<boolean> {
  const [month] = await tx.$queryRawUnsafe<Span[]>(SAVE_MONTH, isoOf(now), basisOf(timeZone), timeZone)
  if (!month) return false
  const { start, finish } = month
  await tx.$executeRawUnsafe(SAVE_MONTH_PRODUCTS, isoOf(start), isoOf(finish), basisOf(timeZone))
  return true
}

async function deriveMonths(prisma: PrismaClient, timeZone: string, now: Date): Promise<void> {
  const args = [isoOf(now), basisOf(timeZone), timeZone]
  await whileOthersWait(prisma, (tx) => tx.$executeRawUnsafe(FORGET_MONTH, ...args))
  while (await whileOthersWait(prisma, (tx) => deriveMonth(tx, timeZone, now)));
}

/**
 * Derives the sums of the days that changed, and of past months. A day that fails does not block the others
 * and is tried again.
 * @param stop ends the run after the current day
 * @throws AggregateError at the end of a run in which days failed
 */
export async function deriveDaySums(
  prisma: PrismaClient,
  { timeZone, now, stop }: { readonly timeZone: string; readonly now: Date; readonly stop?: AbortSignal },
): Promise<void> {
  await prisma.$executeRawUnsafe(SAVE_BASIS, basisOf(timeZone), isoOf(now))
  await whileOthersWait(prisma, (tx) => tx.$executeRawUnsafe(FORGET_OTHER_BASES, isoOf(now), timeZone))
  if (!(await noteDays(prisma, timeZone))) return
  const failures = await deriveDays(prisma, timeZone, stop)
  if (!stop?.aborted) await deriveMonths(prisma, timeZone, now)
  if (failures.size > 0)
    throw new AggregateError(
      failures.values(),
      `sums were not derived and are tried again: of the days that begin at ${[...failures.keys()].join(', ')}`,
    )
}
