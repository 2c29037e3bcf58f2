import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenRecommendations, openRecommendations, type Shown } from './testing/open-recommendations.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let shop: OpenRecommendations
let database: Awaited<ReturnType<typeof sequentialDatabase>>
let ids: string[]

beforeAll(async () => {
  database = await sequentialDatabase('recommendations')
  shop = await openRecommendations({ database })
  ids = (await shop.products(5)).toSorted()
  // One product was bought more often than the others, which are equally popular.
  const most = ids[3] ?? ''
  for (let count = 0; count < 2; count++) await shop.order(newId('usr'), [most])
  for (let count = 0; count < 2; count++) await shop.order(newId('usr'), ids.toReversed())
  await shop.derive()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const idsOf = (list: Shown[]) => list.map(({ product }) => product.id)

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeAll(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test('the most popular first, equally popular products by id', async () => {
    const user = newId('usr')
    const { data } = await shop.recommended(user, 5, customer(user))
    expect(idsOf(data._entities[0].recommendations)).toEqual([
      ids[3],
      ...ids.filter((_, index) => index !== 3),
    ])
  })

  test('products that go equally well with one, by id', async () => {
    const [first = '', ...others] = ids
    const equal = idsOf(await shop.related(first, 4)).filter((id) => id !== ids[3])
    expect(equal).toEqual(others.filter((id) => id !== ids[3]))
  })
})
