import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

let shop: OpenRecommendations
let products: string[]
beforeAll(async () => {
  shop = await openRecommendations()
  products = await shop.products(60)
  for (let count = 0; count < 4; count++) await shop.order(newId('usr'), products.slice(0, 10 + count * 10))
  await shop.derive()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const QUERY = `query ($all: [_Any!]!) { _entities(representations: $all) {
  ... on Product { id related(first: 5) { product { id } } } } }`

async function entities(ids: readonly string[]) {
  const all = ids.map((id) => ({ __typename: 'Product', id }))
  const { data, errors } = await shop.execute(QUERY, { all })
  expect(errors).toEqual([])
  return data._entities
}

test('50 products cost as many statements as one, in the order asked', async () => {
  const cost = (count: number) =>
    shop.sqlCount(async () => {
      const found = await entities(products.slice(0, count))
      expect(found.map(({ id }: { id: string }) => id)).toEqual(products.slice(0, count))
      for (const { related } of found) expect(related).toHaveLength(5)
    })
  // The neighbours, and what sells.
  expect([await cost(1), await cost(50)]).toEqual([2, 2])
})

test('malformed ids are null; an unknown product has popular products', async () => {
  const ids = ['', 'prd_1', 'prd_\u0000', "'; DROP TABLE purchase; --", newId('usr')]
  expect(await entities(ids)).toEqual(ids.map(() => null))
  const [unknown] = await entities([newId('prd')])
  expect(unknown.related).toHaveLength(5)
  const { data } = await shop.execute(
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { id } } }',
    {
      all: [
        { __typename: 'User', id: 'usr_\u0000' },
        { __typename: 'User', id: newId('prd') },
      ],
    },
  )
  expect(data._entities).toEqual([null, null])
})
