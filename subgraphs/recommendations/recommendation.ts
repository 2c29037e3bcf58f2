import { HALF_LIFE_DAYS, weightAt } from './decay.ts'
import { best, type Scored } from './similarity.ts'

export type Reason = 'BOUGHT_TOGETHER' | 'VIEWED_TOGETHER' | 'SIMILAR_BUYERS' | 'POPULAR_FALLBACK'

/** The kinds of trials that two products may have in common: an order, a buyer, or a session of a client. */
export type Kind = 'ORDER' | 'BUYER' | 'VIEW'

/** A recommended product. `score` is 0 for a popular product, about which nothing more is known. */
export type Recommendation = { readonly productId: string; readonly reason: Reason; readonly score: number }

/** A product of a neighbour list that can be bought now. */
export type Neighbour = Scored & { readonly of: string; readonly kind: Kind }

/** A product that a user bought, with the time of the last purchase. */
export type Bought = { readonly productId: string; readonly at: Date }

/** Maximum length of a list. */
export const MAX_RECOMMENDED = 50

const REASONS = { ORDER: 'BOUGHT_TOGETHER', BUYER: 'SIMILAR_BUYERS', VIEW: 'VIEWED_TOGETHER' } as const

/**
 * The weight of each kind relative to the others. Buying two products in one order also makes a pair of the
 * buyer, so one order counts more than several orders of a buyer. Views are frequent and weak evidence.
 */
const TRUST = { ORDER: 1, BUYER: 0.8, VIEW: 0.5 } as const

/** The products that go with one product. A product in several lists has the reason that scores highest. */
export function relatedOf(neighbours: readonly Neighbour[]): Recommendation[] {
  const strongest = new Map<string, Neighbour>()
  for (const { kind, score, ...rest } of neighbours) {
    const trusted = { ...rest, kind, score: score * TRUST[kind] }
    if (trusted.score > (strongest.get(rest.id)?.score ?? 0)) strongest.set(rest.id, trusted)
  }
  return best([...strongest.values()], MAX_RECOMMENDED).map(({ id, score }) => {
    return { productId: id, reason: REASONS[strongest.get(id)?.kind ?? 'BUYER'], score: shown(score) }
  })
}

/**
 * Products that buyers of a user's products bought, without the user's own. The score of a product is the sum of its
 * similarities to the user's products, newer ones counting more (M. Deshpande, G. Karypis, "Item-based top-N
 * recommendation algorithms", ACM TOIS 22(1), 2004).
 */
export function recommendedFor(
  history: readonly Bought[],
  neighbours: readonly Neighbour[],
  now: Date,
): Recommendation[] {
  const weightOf = new Map(history.map(({ productId, at }) => [productId, freshness(at, now)]))
  const sums = new Map<string, number>()
  for (const { id, of, score } of neighbours) {
    if (weightOf.has(id)) continue
    sums.set(id, (sums.get(id) ?? 0) + score * (weightOf.get(of) ?? 0))
  }
  const scored = [...sums].map(([id, score]) => ({ id, score }))
  return best(scored, MAX_RECOMMENDED).map(({ id, score }) => {
    return { productId: id, reason: 'SIMILAR_BUYERS', score: shown(score) }
  })
}

/** At most 1, even if the clock is behind. */
const freshness = (at: Date, now: Date) =>
  Math.min(1, weightAt(at, HALF_LIFE_DAYS.PURCHASE) / weightAt(now, HALF_LIFE_DAYS.PURCHASE))

/** A score between 0 and 1. */
const shown = (score: number) => 1 - 1 / (1 + score)

/**
 * The first products of a list, filled up with popular ones.
 * @param popular ids, the most popular first
 * @param excluded ids that are never recommended here: the product itself, the user's own purchases
 */
export function filledUp(
  found: readonly Recommendation[],
  popular: readonly string[],
  excluded: ReadonlySet<string>,
  first: number,
): Recommendation[] {
  const taken = new Set([...excluded, ...found.map(({ productId }) => productId)])
  const fallback = popular
    .filter((id) => !taken.has(id))
    .map((productId) => ({ productId, reason: 'POPULAR_FALLBACK', score: 0 }) as const)
  return [...found, ...fallback].slice(0, first)
}
