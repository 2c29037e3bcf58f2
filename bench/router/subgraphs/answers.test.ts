import { expect, test } from 'vitest'
import type { Graph } from '../graphs/graph.ts'
import { growth } from '../graphs/growth.ts'
import { shop } from '../graphs/shop.ts'
import { answersOf } from './answers.ts'

async function asked(graph: Graph, name: string, query: string, representations: object[] = []) {
  const subgraph = graph.subgraphs.find((one) => one.name === name)
  if (!subgraph) throw new Error(`there is no ${name}`)
  const answer = answersOf(graph, subgraph, { changing: 0 })
  const body = JSON.stringify({ query, variables: { representations } })
  const first = await answer(body)
  // The second answer has the same bytes and is not computed.
  expect(await answer(body)).toBe(first)
  return JSON.parse(first.toString())
}

const ENTITIES = (fields: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { ${fields} } } }`

test('entities are found by representation, null where there is none', async () => {
  const representations = ['product-2', 'nothing', 'product-1'].map((id) => ({ __typename: 'Product', id }))
  const { data } = await asked(shop(), 'products', ENTITIES('id'), representations)
  expect(data._entities).toEqual([{ id: 'product-2' }, null, { id: 'product-1' }])
})

test('a required field is read from the representation, and an error if it is missing', async () => {
  const product = { __typename: 'Product', id: 'product-1' }
  const whole = { ...product, price: 500, grams: 200 }
  const { data, errors } = await asked(shop(), 'ranking', ENTITIES('deliveryCost'), [whole, product])
  expect(data._entities).toEqual([{ deliveryCost: 120 }, { deliveryCost: null }])
  expect(errors).toMatchObject([{ path: ['_entities', 1, 'deliveryCost'] }])
})

test('a subgraph knows only its own fields', async () => {
  const { errors } = await asked(shop(), 'ranking', ENTITIES('title'))
  expect(errors[0].message).toContain('Cannot query field "title"')
})

test('growth adds fields of each subgraph to the same items', async () => {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Item { count3 label3 } } }`
  const { data } = await asked(growth(5), 'part-3', query, [{ __typename: 'Item', id: 'item-7' }])
  expect(data._entities).toEqual([{ count3: 219, label3: 'label 9' }])
})

test('the given percentage of answers changes its text, with equal content', async () => {
  const graph = shop()
  const products = graph.subgraphs.find(({ name }) => name === 'products')
  if (!products) throw new Error('there are no products')
  const answer = answersOf(graph, products, { changing: 25 })
  const body = JSON.stringify({ query: '{ __typename }' })
  const answers: string[] = []
  for (let time = 0; time < 13; time++) answers.push((await answer(body)).toString())
  const changes = answers.slice(1).filter((text, index) => text !== answers[index])
  expect(changes).toHaveLength(3)
  expect(new Set(answers.map((text) => JSON.stringify(JSON.parse(text))))).toHaveLength(1)
})
