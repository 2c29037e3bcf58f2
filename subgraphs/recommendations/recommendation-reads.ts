// Tested in references.int.test.ts: the test counts the statements of each function.

import { areSignificant, MIN_JUDGED } from './evidence.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { MAX_PURCHASES } from './order-copies.ts'
import { type Bought, MAX_RECOMMENDED, type Neighbour } from './recommendation.ts'

/** Popular products that are read: enough for the longest list, even if the user bought the most popular ones. */
const MAX_POPULAR = MAX_PURCHASES + MAX_RECOMMENDED

/** Maximum number of products whose pairs are judged. */
const MAX_JUDGED = 2_000
/** Milliseconds for which the judgement is cached. */
const JUDGED_MS = 60_000

export type Purchased = Bought & { readonly userId: string }

/**
 * SQL that only reads. Products that are not on sale or not in stock are left out here.
 * @param nowMs the time in milliseconds, by which the judgement is cached
 */
export function recommendationReads(prisma: PrismaClient, nowMs: () => number = () => performance.now()) {
  let judged: { readonly until: number; readonly result: boolean } | null = null

  async function judge(): Promise<boolean> {
    const [counted] = await prisma.$queryRaw<{ bought: number }[]>`
      SELECT count(*)::int AS bought FROM known_product WHERE popularity > 0`
    const bought = counted?.bought ?? 0
    if (bought < MIN_JUDGED) return true
    const lists = await prisma.$queryRaw<{ scores: number[] }[]>`
      SELECT scores FROM neighbour_list WHERE kind = 'BUYER' ORDER BY product_id LIMIT ${MAX_JUDGED}`
    const scores = lists.flatMap((list) => list.scores)
    return areSignificant(scores, Math.min(bought, MAX_JUDGED) * (bought - 1))
  }

  return {
    /** Whether the similarities of purchases predict better than popularity does. */
    async areBuyersAlike(): Promise<boolean> {
      const now = nowMs()
      if (!judged || judged.until <= now) judged = { until: now + JUDGED_MS, result: await judge() }
      return judged.result
    },

    /** The neighbours of these products that can be bought now. */
    neighboursOf: (productIds: readonly string[], kinds: readonly Neighbour['kind'][]) => prisma.$queryRaw<
      Neighbour[]
    >`
      SELECT l.product_id AS "of", l.kind, o.id, o.score
        FROM neighbour_list l CROSS JOIN LATERAL unnest(l.others, l.scores) AS o(id, score)
        JOIN known_product p ON p.product_id = o.id AND p.status = 'ACTIVE' AND p.in_stock
       WHERE l.product_id = ANY(${[...productIds]}::text[]) AND l.kind = ANY(${[...kinds]}::text[])`,

    /** The products that users bought, each once. */
    historyOf: (userIds: readonly string[]) => prisma.$queryRaw<Purchased[]>`
      SELECT buyer_id AS "userId", product_id AS "productId", max(at) AS at
        FROM purchase WHERE buyer_id = ANY(${[...userIds]}::text[]) GROUP BY 1, 2`,

    /** The ids of the most popular products that can be bought now, best first. */
    async popular(): Promise<string[]> {
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        SELECT product_id AS id FROM known_product WHERE status = 'ACTIVE' AND in_stock
         ORDER BY popularity DESC, product_id LIMIT ${MAX_POPULAR}`
      return rows.map(({ id }) => id)
    },
  }
}

export type RecommendationReads = ReturnType<typeof recommendationReads>
