import { expect, test } from 'vitest'
import { answeredByTexts, requiredField, starsOf } from '../../testing/answered-by-texts.ts'
import { type PlanTree, parallel, rootFetch, sequence } from '../../testing/plan-tree.ts'

test('a required value comes from a request that is waited for, not from one beside it', async () => {
  const asking = (subgraph: string, field: string, required: readonly string[]): PlanTree => ({
    ...{ kind: 'entities', subgraph, operationName: null, variables: [] },
    operation: `query($r:[_Any!]!){_entities(representations:$r){...on Product{${field}}}}`,
    lanes: [
      {
        ...starsOf('products'),
        requires: [{ kind: 'fragment', type: 'Product', selections: required.map(requiredField) }],
      },
    ],
  })
  const plan = sequence(
    rootFetch('{products{__typename id}}'),
    parallel(
      asking('beside', 'stars', ['__typename', 'id']),
      sequence(asking('stars', 'stars', ['__typename', 'id']), asking('hue', 'hue', ['__typename', 'stars'])),
    ),
  )
  const texts = {
    products: '{"data":{"products":[{"__typename":"Product","id":"1"}]}}',
    // The subgraph beside does not know the product.
    beside: '{"data":{"_entities":[null]}}',
    stars: '{"data":{"_entities":[{"stars":5}]}}',
    hue: '{"data":{"_entities":[{"hue":"RED"}]}}',
  }
  const query = '{ products { id hue } }'
  const onTexts = await answeredByTexts(query, { root: plan }, texts, 0)
  const onTrees = await answeredByTexts(query, { root: plan }, texts, 1)
  expect(onTexts.answer).toEqual({ data: { products: [{ id: '1', hue: 'RED' }] }, errors: [] })
  expect(onTexts.taken).toEqual([true, true, true, true])
  expect(onTexts.calls).toEqual(onTrees.calls)
})

test('objects of a field that a request selects in several fragments have the fields of all', async () => {
  const asked = '{things{__typename ...on Product{maker{id}}...on Product{maker{name}}}}'
  const things = [{ __typename: 'Product', maker: { id: 'm', name: 'Mo' } }]
  const { answer, taken } = await answeredByTexts(
    '{ things { ... on Product { maker { name id } } } }',
    { root: rootFetch(asked) },
    { products: JSON.stringify({ data: { things } }) },
    0,
  )
  expect(answer.data).toEqual({ things: [{ maker: { name: 'Mo', id: 'm' } }] })
  expect(taken).toEqual([true])
})
