import { loadMany } from '@argyle/kit/loader'
import { type Recommendation, recommendedFor, relatedOf } from './recommendation.ts'
import type { RecommendationReads } from './recommendation-reads.ts'

/** A user's list, and the products that it must not contain. */
export type Recommended = { readonly found: Recommendation[]; readonly owned: ReadonlySet<string> }

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function recommendationsLoaders(reads: RecommendationReads, now: Date) {
  const neighbours = loadMany(
    (ids: readonly string[]) => reads.neighboursOf(ids, ['ORDER', 'BUYER', 'VIEW']),
    ({ of }) => of,
  )
  const histories = loadMany(reads.historyOf, ({ userId }) => userId)
  let popular: Promise<string[]> | undefined
  return {
    async relatedByProductId(id: string): Promise<Recommendation[]> {
      return relatedOf(await neighbours.load(id))
    },

    async recommendedByUserId(id: string): Promise<Recommended> {
      const history = await histories.load(id)
      const owned = new Set(history.map(({ productId }) => productId))
      const hasNear = owned.size > 0 && (await reads.areBuyersAlike())
      const near = hasNear ? await reads.neighboursOf([...owned], ['BUYER']) : []
      return { found: recommendedFor(history, near, now), owned }
    },

    popular(): Promise<string[]> {
      popular ??= reads.popular()
      return popular
    },
  }
}

export type RecommendationsLoaders = ReturnType<typeof recommendationsLoaders>
