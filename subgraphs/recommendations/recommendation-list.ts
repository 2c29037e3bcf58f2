// Tested in recommendations.int.test.ts: the test runs operations.

import { badUserInput } from '@argyle/kit/errors'
import type { RecommendationsLoaders } from './loaders.ts'
import { filledUp, MAX_RECOMMENDED, type Recommendation } from './recommendation.ts'

/** The products that go with a product. @throws GraphQLError BAD_USER_INPUT for `first` outside 1 to 50 */
export async function relatedList(
  productId: string,
  first: number,
  load: RecommendationsLoaders,
): Promise<Recommendation[]> {
  requireFirst(first)
  const found = await load.relatedByProductId(productId)
  return filled(found, new Set([productId]), first, load)
}

/** The products for a user. @throws GraphQLError BAD_USER_INPUT for `first` outside 1 to 50 */
export async function recommendedList(
  userId: string,
  first: number,
  load: RecommendationsLoaders,
): Promise<Recommendation[]> {
  requireFirst(first)
  const { found, owned } = await load.recommendedByUserId(userId)
  return filled(found, owned, first, load)
}

async function filled(
  found: readonly Recommendation[],
  excluded: ReadonlySet<string>,
  first: number,
  load: RecommendationsLoaders,
): Promise<Recommendation[]> {
  return filledUp(found, found.length < first ? await load.popular() : [], excluded, first)
}

function requireFirst(first: number): void {
  if (first < 1 || first > MAX_RECOMMENDED)
    throw badUserInput(`first is ${first}: allowed is 1 to ${MAX_RECOMMENDED}`)
}
