import { drawsOf } from '@argyle/kit/draws'
import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MIN_JUDGED } from './evidence.ts'
import { recommendationsLoaders } from './loaders.ts'
import { recommendedList } from './recommendation-list.ts'
import { recommendationReads } from './recommendation-reads.ts'
import { madeSales } from './testing/made-sales.ts'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'
import { leaveOneOut } from './testing/quality.ts'

const DAY_MS = 86_400_000

describe('sales of a known structure', () => {
  let shop: OpenRecommendations
  beforeAll(async () => {
    shop = await openRecommendations()
  })
  afterAll(() => shop.close())

  test('are found: held-out products are hit at least twice as often as by what sells', async () => {
    const now = new Date()
    const sales = madeSales({ seed: 1, now, loyalty: 0.85 })
    const cutoff = new Date(now.getTime() - 4 * DAY_MS)
    const { asked, recommended, popular, random } = await leaveOneOut(
      shop.own.prisma,
      sales,
      cutoff,
      drawsOf(2),
    )
    expect(asked).toBeGreaterThan(20)
    expect(recommended.hitRate).toBeGreaterThan(0.3)
    expect(recommended.hitRate).toBeGreaterThan(2 * popular.hitRate)
    expect(recommended.mrr).toBeGreaterThan(2 * popular.mrr)
    expect(recommended.hitRate).toBeGreaterThan(2 * random.hitRate)
  })

  test('are used for a user only where the pairs of all products are more than chance', async () => {
    const { prisma } = shop.own
    const bought = MIN_JUDGED
    const userId = newId('usr')
    const now = new Date()
    const listOf = async () => {
      const load = recommendationsLoaders(recommendationReads(prisma), now)
      return (await recommendedList(userId, 3, load)).map(({ productId, reason }) => [productId, reason])
    }
    for (const table of ['known_product', 'neighbour_list', 'purchase'])
      await shop.sql(`DELETE FROM ${table}`)
    await shop.sql(
      `INSERT INTO known_product (product_id, sequence, status, in_stock, popularity)
       SELECT 'prd_' || n, 1, 'ACTIVE', true, 1000 - n FROM generate_series(1, $1::int) n`,
      bought - 1,
    )
    await shop.sql(
      `INSERT INTO purchase (order_id, product_id, buyer_id, at) VALUES ('ord_1', 'prd_1', $1, $2)`,
      userId,
      now,
    )
    const neighbours = (score: number) =>
      shop.sql(
        `INSERT INTO neighbour_list (kind, product_id, others, scores, derived_at)
         SELECT 'BUYER', 'prd_' || n, ARRAY['prd_40', 'prd_41'], ARRAY[$1::float8, 1], $2 FROM generate_series(1, 20) n
         ON CONFLICT (kind, product_id) DO UPDATE SET scores = EXCLUDED.scores`,
        score,
        now,
      )
    // Pairs of orders are not judged.
    await shop.sql(
      `INSERT INTO neighbour_list (kind, product_id, others, scores, derived_at) VALUES ('ORDER', 'prd_1', ARRAY['prd_2'], ARRAY[9::float8], $1)`,
      now,
    )
    const near = [
      ['prd_40', 'SIMILAR_BUYERS'],
      ['prd_41', 'SIMILAR_BUYERS'],
      ['prd_2', 'POPULAR_FALLBACK'],
    ]
    await neighbours(1.5)
    // One product less, and nothing is judged.
    expect(await listOf()).toEqual(near)
    await shop.sql(
      `INSERT INTO known_product (product_id, sequence, status, in_stock, popularity) VALUES ('prd_0', 1, 'ACTIVE', true, 1)`,
    )
    expect(await listOf()).toEqual(['prd_2', 'prd_3', 'prd_4'].map((id) => [id, 'POPULAR_FALLBACK']))
    await neighbours(4)
    expect(await listOf()).toEqual(near)
    let time = 0
    const reads = recommendationReads(prisma, () => time)
    const judged = [await reads.areBuyersAlike()]
    await neighbours(1.5)
    for (const ms of [59_999, 1]) {
      time += ms
      judged.push(await reads.areBuyersAlike())
    }
    expect(judged).toEqual([true, true, false])
  })
})
