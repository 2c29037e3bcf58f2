import { appendEvents } from '@argyle/kit/outbox'
import { ratingChanged } from './events.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'
import { type Histogram, histogramChange, summaryOf } from './rating.ts'
import type { Review } from './review.ts'

type SummaryRow = { productId: string; histogram: Histogram; asOf: Date }

/** The ratings of products, by one statement; products without a rating are left out. */
export function ratingReads(prisma: PrismaClient) {
  return async (productIds: readonly string[]) => {
    const rows = await prisma.$queryRaw<SummaryRow[]>`
      SELECT product_id AS "productId", ARRAY[stars_1, stars_2, stars_3, stars_4, stars_5] AS histogram, as_of AS "asOf"
        FROM rating_summary WHERE product_id = ANY(${productIds})`
    return rows.map(({ productId, histogram, asOf }) => ({ productId, summary: summaryOf(histogram, asOf) }))
  }
}

/** Updates the stars by increments, so that concurrent changes to one product all count. */
export async function countRating(
  tx: Prisma.TransactionClient,
  before: Review | null,
  after: Review | null,
  now: Date,
): Promise<void> {
  const productId = (after ?? before)?.productId
  const change = histogramChange(before, after)
  if (!change || !productId) return
  const [one, two, three, four, five] = change
  // PostgreSQL checks constraints on the inserted row before ON CONFLICT applies, so VALUES must not hold a
  // decrement.
  const [kept] = await tx.$queryRaw<{ histogram: Histogram; version: number }[]>`
    INSERT INTO rating_summary AS kept (product_id, stars_1, stars_2, stars_3, stars_4, stars_5, as_of)
    VALUES (${productId}, GREATEST(${one}::int, 0), GREATEST(${two}::int, 0), GREATEST(${three}::int, 0),
            GREATEST(${four}::int, 0), GREATEST(${five}::int, 0), ${now})
    ON CONFLICT (product_id) DO UPDATE SET
      stars_1 = kept.stars_1 + ${one}::int, stars_2 = kept.stars_2 + ${two}::int, stars_3 = kept.stars_3 + ${three}::int,
      stars_4 = kept.stars_4 + ${four}::int, stars_5 = kept.stars_5 + ${five}::int,
      as_of = GREATEST(kept.as_of, EXCLUDED.as_of), version = kept.version + 1
    RETURNING ARRAY[stars_1, stars_2, stars_3, stars_4, stars_5] AS histogram, version`
  if (kept) await appendEvents(tx, [ratingChanged(productId, kept.version, summaryOf(kept.histogram, now))])
}
