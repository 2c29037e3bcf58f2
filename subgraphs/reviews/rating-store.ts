import type { Prisma, PrismaClient } from './generated/prisma/client.ts'
import { histogramChange, type RatingSummary, summaryOf } from './rating.ts'
import type { Review } from './review.ts'

/** The rating of each product that has one, in one statement. */
export function ratingReads(prisma: PrismaClient) {
  return async (
    productIds: readonly string[],
  ): Promise<{ productId: string; summary: RatingSummary | null }[]> => {
    const rows = await prisma.ratingSummary.findMany({ where: { productId: { in: [...productIds] } } })
    return rows.map(({ productId, stars1, stars2, stars3, stars4, stars5, asOf }) => ({
      productId,
      summary: summaryOf([stars1, stars2, stars3, stars4, stars5], asOf),
    }))
  }
}

export /** Adds to the stars by increments, so that concurrent changes to one product all count. */
async function countRating(
  tx: Prisma.TransactionClient,
  before: Review | null,
  after: Review | null,
  now: Date,
): Promise<void> {
  const productId = (after ?? before)?.productId
  const change = histogramChange(before, after)
  if (!change || !productId) return
  const [one, two, three, four, five] = change
  // The row to insert is checked before the conflict is seen, so a decrement must not stand in VALUES.
  await tx.$executeRaw`
    INSERT INTO rating_summary AS kept (product_id, stars_1, stars_2, stars_3, stars_4, stars_5, as_of)
    VALUES (${productId}, GREATEST(${one}::int, 0), GREATEST(${two}::int, 0), GREATEST(${three}::int, 0),
            GREATEST(${four}::int, 0), GREATEST(${five}::int, 0), ${now})
    ON CONFLICT (product_id) DO UPDATE SET
      stars_1 = kept.stars_1 + ${one}::int, stars_2 = kept.stars_2 + ${two}::int, stars_3 = kept.stars_3 + ${three}::int,
      stars_4 = kept.stars_4 + ${four}::int, stars_5 = kept.stars_5 + ${five}::int,
      as_of = GREATEST(kept.as_of, EXCLUDED.as_of)`
}
