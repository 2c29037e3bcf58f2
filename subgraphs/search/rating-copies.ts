import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { newestOf } from '@argyle/kit/newest'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import { shareListings } from './listing-rows.ts'

const rating = z.object({
  productId: idSchema('prd'),
  count: z.int().min(0),
  average: z.number().min(1).max(5).nullable(),
})

const SAVE = `
INSERT INTO listing AS kept (product_id, rating_average, rating_count, rating_sequence)
SELECT r."productId", r.average, r.count, r.sequence
  FROM jsonb_to_recordset($1::jsonb) AS r("productId" text, average float8, count int, sequence int) ORDER BY 1
ON CONFLICT (product_id) DO UPDATE SET rating_average = EXCLUDED.rating_average, rating_count = EXCLUDED.rating_count,
   rating_sequence = EXCLUDED.rating_sequence
 WHERE kept.rating_sequence < EXCLUDED.rating_sequence`

/** reviews.rating.changed: the ratings of a product. It may arrive before the product. */
export async function indexRatings(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = newestOf(messages).map(({ data, sequence }) => {
    const { productId, average, count } = rating.parse(data)
    return { productId, average: average ?? 0, count, sequence }
  })
  await shareListings(tx)
  await tx.$executeRawUnsafe(SAVE, JSON.stringify(rows))
  await recordProgress(tx, messages)
}
