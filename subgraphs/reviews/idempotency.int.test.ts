import { newId } from '@argyle/kit/ids'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { anInput, type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name, input, viewer) => shop.mutate(name, input, viewer),
  {
    async submitReview() {
      const input = anInput(await shop.aProduct())
      return {
        callers: [customer(newId('usr')), customer(newId('usr'))],
        input,
        other: { ...input, rating: 1 },
        effect: ({ review }) => review.id,
      }
    },
  },
)
