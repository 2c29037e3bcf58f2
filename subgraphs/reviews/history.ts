import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { ratingChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type Histogram, summaryOf } from './rating.ts'

type Row = {
  readonly productId: string
  readonly histogram: Histogram
  readonly asOf: Date
  readonly version: number
}

/** The rating of each product as it is now, by the product's id. */
async function ratings(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT product_id AS "productId", ARRAY[stars_1, stars_2, stars_3, stars_4, stars_5] AS histogram,
           as_of AS "asOf", version
      FROM rating_summary
     WHERE product_id > ${after ?? ''} AND (${since}::timestamptz IS NULL OR as_of >= ${since}::timestamptz)
     ORDER BY product_id LIMIT ${limit}`
  return rows.map(({ productId, histogram, asOf, version }) => ({
    event: ratingChanged(productId, version, summaryOf(histogram, asOf)),
    time: asOf,
    cursor: productId,
  }))
}

/** The events that reviews republishes. */
export const history = [ratings]
