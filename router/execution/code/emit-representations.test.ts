import { expect, test } from 'vitest'
import { answeredByTexts, requiredField, starsOf } from '../../testing/answered-by-texts.ts'
import { rootFetch, sequence } from '../../testing/plan-tree.ts'

test('objects are taken for the same only where all that is sent of them is', async () => {
  const requires = starsOf('').requires.map((fragment) =>
    fragment.kind === 'fragment'
      ? { ...fragment, selections: [...fragment.selections, requiredField('name')] }
      : fragment,
  )
  const paths = ['products', 'others'].flatMap((field) => starsOf(field).paths)
  const stars = {
    ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
    operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}}}',
    lanes: [{ ...starsOf(''), paths, requires }],
  }
  // The second list has its fields in another order, with values that the first has in another field.
  const first = rootFetch('{products{__typename id name}others{__typename name id}}')
  const products = JSON.stringify({
    data: {
      products: ['y', 'x', 'y'].map((name) => ({ __typename: 'Product', id: 'x', name })),
      others: ['x', 'y', 'z'].map((name) => ({ __typename: 'Product', name, id: 'x' })),
    },
  })
  const { answer, calls, taken } = await answeredByTexts(
    '{ products { stars } others { stars } }',
    { root: { kind: 'sequence', nodes: [first, stars] } },
    { products, stars: '{"data":{"_entities":[{"stars":1},{"stars":2},{"stars":3}]}}' },
    0,
  )
  const sent = JSON.parse(calls[1]?.replace('stars ', '') ?? '').variables.r
  expect(sent.map(({ name }: { name: string }) => name)).toEqual(['y', 'x', 'z'])
  const list = (...counts: number[]) => counts.map((count) => ({ stars: count }))
  expect(answer.data).toEqual({ products: list(1, 2, 1), others: list(2, 1, 3) })
  expect(taken).toEqual([true, true])
})

test('objects that agree in their first values are told apart by the last', async () => {
  const requires = starsOf('').requires.map((fragment) =>
    fragment.kind === 'fragment'
      ? { ...fragment, selections: [...fragment.selections, requiredField('name'), requiredField('price')] }
      : fragment,
  )
  const stars = {
    ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
    operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}}}',
    lanes: [{ ...starsOf('products'), requires }],
  }
  const products = [1, 2, 1].map((price) => ({ __typename: 'Product', id: '1', name: 'Sock', price }))
  const { answer, taken } = await answeredByTexts(
    '{ products { stars } }',
    { root: sequence(rootFetch('{products{__typename id name price}}'), stars) },
    {
      products: JSON.stringify({ data: { products } }),
      stars: '{"data":{"_entities":[{"stars":1},{"stars":2}]}}',
    },
    0,
  )
  expect(answer.data).toEqual({ products: [1, 2, 1].map((count) => ({ stars: count })) })
  expect(taken).toEqual([true, true])
})

test.each([
  ['', []],
  [' and leaves', [requiredField('id')]],
])(
  'objects of which all that is sent is the same are asked for once: objects below them%s',
  async (_, leaves) => {
    const requires = starsOf('').requires.map((fragment) =>
      fragment.kind === 'fragment'
        ? {
            ...fragment,
            selections: [
              requiredField('__typename'),
              { ...requiredField('maker'), selections: [requiredField('name')] },
              ...leaves,
            ],
          }
        : fragment,
    )
    const stars = {
      ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
      operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}}}',
      lanes: [{ ...starsOf('products'), requires }],
    }
    const products = ['a', 'b', 'a'].map((name) => ({
      __typename: 'Product',
      id: '1',
      maker: { id: 'm', name },
    }))
    const { answer, calls, taken } = await answeredByTexts(
      '{ products { stars } }',
      { root: sequence(rootFetch('{products{__typename id maker{id name}}}'), stars) },
      {
        products: JSON.stringify({ data: { products } }),
        stars: '{"data":{"_entities":[{"stars":1},{"stars":2}]}}',
      },
      0,
    )
    const sent = JSON.parse(calls[1]?.replace('stars ', '') ?? '').variables.r
    expect(sent.map(({ maker }: { maker: unknown }) => maker)).toEqual([{ name: 'a' }, { name: 'b' }])
    expect(answer.data).toEqual({ products: [1, 2, 1].map((count) => ({ stars: count })) })
    expect(taken).toEqual([true, true])
  },
)

test.each([0, 1])('a request for two lists is sent if only one has objects: %i', async (full) => {
  const lanes = ['products', 'others'].map((field, index) => ({
    ...{ ...starsOf(field), alias: `list${index}`, variable: `r${index}` },
  }))
  const selected = lanes.map(
    ({ alias, variable }) => `${alias}:_entities(representations:$${variable}){...on Product{stars}}`,
  )
  const stars = {
    ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [], lanes },
    operation: `query($r0:[_Any!]!$r1:[_Any!]!){${selected.join(' ')}}`,
  }
  const ofBoth = <Item>(item: Item) => [0, 1].map((index) => (index === full ? [item] : []))
  const [products, others] = ofBoth({ __typename: 'Product', id: '1' })
  const [list0, list1] = ofBoth({ stars: 5 })
  const { answer, taken } = await answeredByTexts(
    '{ products { stars } others { stars } }',
    { root: sequence(rootFetch('{products{__typename id}others{__typename id}}'), stars) },
    {
      products: JSON.stringify({ data: { products, others } }),
      stars: JSON.stringify({ data: { list0, list1 } }),
    },
    0,
  )
  expect(answer.data).toEqual({ products: list0, others: list1 })
  expect(taken).toEqual([true, true])
})
