import { expect, test } from 'vitest'
import { answeredByTexts, starsOf } from '../../testing/answered-by-texts.ts'
import { rootFetch, sequence } from '../../testing/plan-tree.ts'

/** Completes the products of a list by their stars. */
const starsFor = (field: string) => ({
  ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
  operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars must}}}',
  lanes: [starsOf(field)],
})

test.each([
  ['in a list', [null, [], [{ size: 1, tags: null }]]],
  ['of the root', null],
])('a list that is null is null, where its objects are written one by one: %s', async (_, grid) => {
  const products = JSON.stringify({ data: { grid } })
  const plan = { root: rootFetch('{grid{size tags}}') }
  const { answer, taken } = await answeredByTexts('{ grid { tags size } }', plan, { products }, 0)
  expect([answer, taken]).toEqual([{ data: { grid }, errors: [] }, [true]])
})

test('objects of several types are written by their types also where none may be null', async () => {
  const sure = [
    { __typename: 'Maker', rank: 2 },
    { __typename: 'Product', id: '1', price: 4.5 },
  ]
  const { answer, taken } = await answeredByTexts(
    '{ sure { ... on Product { price id } ... on Maker { rank } } }',
    { root: rootFetch('{sure{__typename ...on Product{id price}...on Maker{rank}}}') },
    { products: JSON.stringify({ data: { sure } }) },
    0,
  )
  expect([answer, taken]).toEqual([
    { data: { sure: [{ rank: 2 }, { price: 4.5, id: '1' }] }, errors: [] },
    [true],
  ])
})

test('objects that may not be null have nothing but what another request brings', async () => {
  const best = ['1', '2'].map((id) => ({ __typename: 'Product', id }))
  const { answer, taken } = await answeredByTexts(
    '{ best { stars } }',
    { root: sequence(rootFetch('{best{__typename id}}'), starsFor('best')) },
    {
      products: JSON.stringify({ data: { best } }),
      stars: '{"data":{"_entities":[{"stars":5,"must":1},{"stars":4,"must":1}]}}',
    },
    0,
  )
  expect([answer, taken]).toEqual([
    { data: { best: [{ stars: 5 }, { stars: 4 }] }, errors: [] },
    [true, true],
  ])
})

test('fields have the order of the operation, whichever request brings them', async () => {
  const { answer, taken } = await answeredByTexts(
    '{ products { stars id must name __typename } }',
    { root: sequence(rootFetch('{products{__typename id name}}'), starsFor('products')) },
    {
      products: '{"data":{"products":[{"__typename":"Product","id":"1","name":"Sock"}]}}',
      stars: '{"data":{"_entities":[{"stars":5,"must":1}]}}',
    },
    0,
  )
  expect(JSON.stringify(answer.data)).toBe(
    '{"products":[{"stars":5,"id":"1","must":1,"name":"Sock","__typename":"Product"}]}',
  )
  expect(taken).toEqual([true, true])
})

test.each(['"12 g"', '12', '1.5', 'true', 'null'])('a custom scalar is %s as it came', async (weight) => {
  const products = `{"data":{"products":[{"id":"1","weight":${weight}}]}}`
  const plan = { root: rootFetch('{products{id weight}}') }
  const { answer, taken } = await answeredByTexts('{ products { weight id } }', plan, { products }, 0)
  expect([answer, taken]).toEqual([
    { data: { products: [{ weight: JSON.parse(weight), id: '1' }] }, errors: [] },
    [true],
  ])
})

test('an object of which a field has another name in the answer is not copied as it came', async () => {
  const { answer, taken } = await answeredByTexts(
    '{ products { maker { label: name } } }',
    { root: rootFetch('{products{maker{_name_0:name}}}') },
    { products: '{"data":{"products":[{"maker":{"_name_0":"Mo"}}]}}' },
    0,
  )
  expect([answer, taken]).toEqual([{ data: { products: [{ maker: { label: 'Mo' } }] }, errors: [] }, [true]])
})

test('objects of a list of which nothing but the name of their type is shown are written as often as they come', async () => {
  const products = '{"data":{"best":[{"__typename":"Product"},{"__typename":"Product"}]}}'
  const plan = { root: rootFetch('{best{__typename}}') }
  const { answer, taken } = await answeredByTexts('{ best { kind: __typename } }', plan, { products }, 0)
  expect(answer.data).toEqual({ best: [{ kind: 'Product' }, { kind: 'Product' }] })
  expect(taken).toEqual([true])
})
