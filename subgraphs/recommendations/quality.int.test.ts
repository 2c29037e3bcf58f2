import { drawsOf } from '@argyle/kit/draws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
})
