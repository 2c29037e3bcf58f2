// Tested in ../rfm.int.test.ts: scores are computed by SQL.

import type { Clock } from '@argyle/kit/clock'
import type { PrismaClient } from '../generated/prisma/client.ts'

/**
 * RFM scores: quintiles of the time of the last order, of the number of orders, and of the amount spent (A. M. Hughes, Strategic Database
 * Marketing, 1994), among the customers who have ordered. Amounts are compared with those of customers whose newest order has the same
 * currency. The cut points are the discrete percentiles 20, 40, 60 and 80 (SQL's percentile_disc); a score is one more than the number of
 * cut points that the value exceeds, so that equal values have equal scores.
 */

/** Age of cut points at which they are computed again. */
const SCALE_MS = 3_600_000
/** When cut points are computed next. */
export const SCALE_DUE = `
SELECT COALESCE(max(computed_at) + interval '${SCALE_MS} milliseconds', '-infinity') FROM rfm_scale`
/** Customers that one transaction marks. */
const BATCH = 1_000
/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const SCALE_LOCK = 4_302

type Columns = Readonly<Record<'scale' | 'lastOrderAt' | 'orders' | 'currency' | 'spent', string>>

/** The SQL of the three scores; null without an order and without a scale. */
export function scoreSql({ scale, lastOrderAt, orders, currency, spent }: Columns) {
  const exceeded = (cuts: string, value: string, type: string) =>
    `CASE WHEN ${orders} > 0 AND ${scale} IS NOT NULL THEN
       1 + (SELECT count(*) FROM jsonb_array_elements_text(${cuts}) AS cut WHERE ${value} > cut::${type})::int END`
  return {
    recency: exceeded(`${scale} -> 'recency'`, lastOrderAt, 'timestamptz'),
    frequency: exceeded(`${scale} -> 'frequency'`, orders, 'int'),
    monetary: exceeded(
      `COALESCE(${scale} -> 'monetary' -> ${currency}, '[]')`,
      `(${spent} ->> ${currency})::bigint`,
      'bigint',
    ),
  }
}

const CUTS = 'ARRAY[0.2, 0.4, 0.6, 0.8]'
// A deleted account has neither orders nor a currency.
const SAVE_SCALE = `
INSERT INTO rfm_scale (id, scale, computed_at)
SELECT 1, jsonb_build_object(
         'recency', COALESCE(to_jsonb(percentile_disc(${CUTS}) WITHIN GROUP (ORDER BY last_order_at)), '[]'),
         'frequency', COALESCE(to_jsonb(percentile_disc(${CUTS}) WITHIN GROUP (ORDER BY orders)), '[]'),
         'monetary', COALESCE((SELECT jsonb_object_agg(currency, cuts) FROM (
            SELECT currency, to_jsonb(percentile_disc(${CUTS}) WITHIN GROUP (ORDER BY (spent ->> currency)::bigint)) AS cuts
              FROM customer WHERE currency IS NOT NULL GROUP BY currency) AS of_currency), '{}')),
       $1::timestamptz
  FROM customer WHERE orders > 0
ON CONFLICT (id) DO UPDATE SET scale = EXCLUDED.scale, computed_at = EXCLUDED.computed_at`

const OUTDATED = scoreSql({
  scale: 's.scale',
  lastOrderAt: 'c.last_order_at',
  orders: 'c.orders',
  currency: 'c.currency',
  spent: 'c.spent',
})
const MARK_OUTDATED = `
UPDATE customer SET due_at = $1::timestamptz WHERE user_id = ANY(ARRAY(
  SELECT c.user_id FROM customer c CROSS JOIN rfm_scale s
   WHERE c.orders > 0 AND (c.due_at IS NULL OR c.due_at > $1::timestamptz)
     AND (c.recency_score, c.frequency_score, c.monetary_score)
         IS DISTINCT FROM (${OUTDATED.recency}, ${OUTDATED.frequency}, ${OUTDATED.monetary})
   LIMIT ${BATCH} FOR UPDATE OF c SKIP LOCKED))`

/** The cut points of scores. Any number of replicas share the work. */
export function rfmStore(prisma: PrismaClient, clock: Clock) {
  /** Computes new cut points if the old ones have expired. The first are computed once the facts of all customers are. */
  async function refresh(now: Date): Promise<boolean> {
    return prisma.$transaction(async (tx) => {
      const [lock] = await tx.$queryRaw<{ held: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${SCALE_LOCK}) AS held`
      if (!lock?.held) return false
      const [known] = await tx.$queryRaw<{ computedAt: Date }[]>`
        SELECT computed_at AS "computedAt" FROM rfm_scale`
      if (known && now.getTime() - known.computedAt.getTime() < SCALE_MS) return false
      const [waiting] = await tx.$queryRaw<object[]>`SELECT 1 FROM customer WHERE due_at <= ${now} LIMIT 1`
      if (!known && waiting) return false
      await tx.$executeRawUnsafe(SAVE_SCALE, now)
      return true
    })
  }

  return {
    /** Keeps the scale current, and marks the customers whose scores have changed by it. */
    async refreshDue(): Promise<void> {
      const now = clock()
      if (!(await refresh(now))) return
      for (let count = BATCH; count === BATCH; ) count = await prisma.$executeRawUnsafe(MARK_OUTDATED, now)
    },
  }
}

export type RfmStore = ReturnType<typeof rfmStore>
