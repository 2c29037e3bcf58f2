import { newId } from '@argyle/kit/ids'
import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anInput, type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())

test('the same key of another customer is another key, though all else is the same', async () => {
  const input = anInput(await shop.aProduct())
  const [ada, bob] = [customer(newId('usr')), customer(newId('usr'))]
  const hers = (await shop.accepted('submitReview', input, ada)).review
  const his = (await shop.accepted('submitReview', input, bob)).review
  expect(his.id).not.toBe(hers.id)
  expect([hers.author.id, his.author.id]).toEqual(
    [ada, bob].map((viewer) => viewer.kind === 'user' && viewer.id),
  )
  expect(await shop.products([input.productId], 'rating { count }')).toMatchObject([{ rating: { count: 2 } }])
})

test('submitting is all that takes a key', async () => {
  expect(keyedMutations(new URL('schema.graphql', import.meta.url))).toEqual(['submitReview'])
})
