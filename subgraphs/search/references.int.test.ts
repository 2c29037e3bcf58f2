import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenSearch, openSearch } from './testing/open-search.ts'

let shop: OpenSearch
beforeAll(async () => {
  shop = await openSearch()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const ENTITIES = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Product { id title slug } } }`

async function products(ids: readonly string[]) {
  const all = ids.map((id) => ({ __typename: 'Product', id }))
  const { data, errors } = await shop.execute(ENTITIES, { all })
  expect(errors).toEqual([])
  return data._entities
}

test('a reference to a product for sale resolves; others are null', async () => {
  const made = []
  for (const status of ['ACTIVE', 'DRAFT', 'ARCHIVED'])
    made.push(await shop.aProduct({ title: `${status} Socks`, status }))
  // Known by its stock and its ratings alone.
  const early = newId('prd')
  await shop.deliver('reviews.rating.changed', { productId: early, count: 1, average: 5 }, { subject: early })
  const [active] = made
  expect(await products([...made.map(({ productId }) => productId), early])).toEqual([
    { id: active?.productId, title: 'ACTIVE Socks', slug: active?.slug },
    null,
    null,
    null,
  ])
  expect(await shop.titles('')).toEqual(['ACTIVE Socks'])
  const { data } = await shop.execute('{ suggest(prefix: "socks") { text } }')
  expect(data.suggest).toEqual([{ text: 'ACTIVE Socks' }])
})

test('unknown and malformed ids are null', async () => {
  const ids = ['', 'prd_1', 'prd_\u0000', "'; DROP TABLE listing; --", newId('cat'), newId('prd')]
  expect(await products(ids)).toEqual(ids.map(() => null))
})

test('50 products cost as many statements as one, in the order asked', async () => {
  const ids: string[] = []
  for (let index = 0; index < 50; index++)
    ids.push((await shop.aProduct({ title: `Sock ${index}` })).productId)
  const cost = (count: number) =>
    shop.sqlCount(async () => {
      const found = await products(ids.slice(0, count))
      expect(found.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, count))
    })
  expect([await cost(1), await cost(50)]).toEqual([1, 1])
})
