// Tested in ../activity.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { COUNTS_KEPT_DAYS } from '@argyle/kit/quarter-counts'
import { z } from 'zod'

/** Events that are counted: views of products, and carts that were begun. */
export type ActivityKind = 'VIEW' | 'CART'

const counted = z.object({ quarter: z.iso.datetime(), count: z.int().nonnegative() })

/** Rows that one statement deletes. */
const BATCH = 1_000

const SAVE = `
INSERT INTO activity AS kept (quarter, kind, count)
SELECT quarter, $2, max(count) FROM jsonb_to_recordset($1::jsonb) AS incoming(quarter timestamptz, count int)
 GROUP BY quarter ORDER BY quarter
ON CONFLICT (quarter, kind) DO UPDATE SET count = EXCLUDED.count WHERE kept.count < EXCLUDED.count`

const FORGET = `
DELETE FROM activity WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM activity WHERE quarter < $1::timestamptz - interval '${COUNTS_KEPT_DAYS} days' LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`

/** orders.cart.counted, recommendations.view.counted: a count only grows, so that the greatest is the newest. */
export const rememberActivity =
  (kind: ActivityKind) =>
  async (messages: readonly Envelope[], tx: Tx): Promise<void> => {
    const rows = messages.map(({ data }) => counted.parse(data))
    await tx.$executeRawUnsafe(SAVE, JSON.stringify(rows), kind)
  }

/** Deletes old counts, in batches. */
export async function deleteOldActivity(prisma: Pick<Tx, '$executeRawUnsafe'>, now: Date): Promise<void> {
  while ((await prisma.$executeRawUnsafe(FORGET, now)) === BATCH);
}
