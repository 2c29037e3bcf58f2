import { describe, expect, test } from 'vitest'
import { offer } from '../../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import type { EntityLane } from '../../planning/plan.ts'
import {
  answeredByTexts,
  type FetchPlan,
  PRODUCT_SCHEMA,
  requiredField,
  starsOf,
  withStars,
} from '../../testing/answered-by-texts.ts'
import { type PlanTree, parallel, rootFetch, sequence } from '../../testing/plan-tree.ts'
import { compileSteps } from '../compiled-step.ts'
import type { Run } from '../run/run-step.ts'
import { typeTest } from '../type-names.ts'
import type { LaneCode, ObjectsByShape, TargetCode, TextCode } from './generate-code.ts'
import { mismatch } from './json-scanner.ts'
import { runOnTexts } from './run-generated.ts'

const PRODUCTS = rootFetch('{products{__typename id name price hue parts{size tags}maker{id name}}}')
const QUERY =
  '{ products { __typename id name ... on Product { price hue } parts { size tags } maker { name } stars } }'
const ONE =
  '{"__typename":"Product","id":"1","name":"Sock","price":4.5,"hue":"RED","parts":[{"size":4,"tags":["a","b"]}],"maker":{"id":"m","name":"Mo"}}'
const STARS = '{"data":{"_entities":[{"stars":5,"must":1}]}}'

function productsWith(from: string, to: string): string {
  expect(ONE).toContain(from)
  return `{"data":{"products":[${ONE.replace(from, to)}]}}`
}

describe('what is as expected is never parsed', () => {
  test.each<[string, string, string]>([
    ['plain values', productsWith('Sock', 'Sock'), STARS],
    ['escapes', productsWith('"Sock"', '"a \\"fine\\" sock\\n\\u00e9"'), STARS],
    ['letters of all kinds', productsWith('"Sock"', '"Söckchen 靴下 🧦"'), STARS],
    [
      'nulls',
      productsWith('"name":"Mo"', '"name":null').replace('4.5', 'null').replace('"RED"', 'null'),
      STARS,
    ],
    ['an object that is null', productsWith('{"id":"m","name":"Mo"}', 'null'), STARS],
    ['empty lists', productsWith('[{"size":4,"tags":["a","b"]}]', '[]'), STARS],
    ['an element that is null', `{"data":{"products":[null,${ONE}]}}`, STARS],
    ['two that are the same', `{"data":{"products":[${ONE},${ONE}]}}`, STARS],
    ['an entity that is missing', productsWith('Sock', 'Sock'), '{"data":{"_entities":[null]}}'],
    ['a line break at the end', `${productsWith('Sock', 'Sock')}\n`, `${STARS}\n`],
  ])('%s', async (_, products, stars) => {
    const plan = withStars(PRODUCTS, 'products')
    const onTexts = await answeredByTexts(QUERY, plan, { products, stars }, 0)
    const onTrees = await answeredByTexts(QUERY, plan, { products, stars }, 1)
    expect(onTexts.answer).toEqual(onTrees.answer)
    expect(onTexts.answer.errors).toEqual([])
    expect(onTexts.calls).toEqual(onTrees.calls)
    expect([onTexts.taken, onTexts.parsed]).toEqual([[true, true], 0])
  })
})

describe('what is not gives the same answer by trees, and nothing is asked twice', () => {
  test.each<[string, string, string]>([
    ['spaces between values', productsWith('"id":"1"', '"id": "1"'), STARS],
    ['another order of keys', productsWith('"id":"1","name":"Sock"', '"name":"Sock","id":"1"'), STARS],
    ['a key that was not asked for', productsWith('"id":"1"', '"id":"1","__proto__":{"x":1}'), STARS],
    ['a key that is missing', productsWith('"price":4.5,', ''), STARS],
    ['a number for a string', productsWith('"name":"Sock"', '"name":7'), STARS],
    ['a number for an ID', productsWith('"id":"1"', '"id":1'), STARS],
    ['a string for a number', productsWith('"size":4', '"size":"4"'), STARS],
    ['a fraction for an Int', productsWith('"size":4', '"size":4.5'), STARS],
    ['an unknown value of an enum', productsWith('"RED"', '"BLUE"'), STARS],
    ['null for non-null', productsWith('"size":4', '"size":null'), STARS],
    ['null in a list of non-null', productsWith('["a","b"]', '["a",null]'), STARS],
    ['an object for a list', productsWith('[{"size":4,"tags":["a","b"]}]', '{"size":4,"tags":null}'), STARS],
    ['another type', productsWith('"Product"', '"Sock"'), STARS],
    ['errors beside data', productsWith('Sock', 'Sock').replace(/}$/, ',"errors":[{"message":"x"}]}'), STARS],
    ['errors instead of data', '{"errors":[{"message":"x"}],"data":null}', STARS],
    ['a line break in a string', productsWith('Sock', 'So\nck'), STARS],
    ['an escape that JSON has not', productsWith('Sock', 'So\\qck'), STARS],
    ['an end before the end', productsWith('Sock', 'Sock').slice(0, -4), STARS],
    ['more after the end', `${productsWith('Sock', 'Sock')}}`, STARS],
    ['nothing', '', STARS],
    ['too few entities', productsWith('Sock', 'Sock'), '{"data":{"_entities":[]}}'],
    ['too many entities', productsWith('Sock', 'Sock'), '{"data":{"_entities":[null,null]}}'],
    ['no list of entities', productsWith('Sock', 'Sock'), '{"data":{"_entities":null}}'],
    ['an entity that is none', productsWith('Sock', 'Sock'), '{"data":{"_entities":[5]}}'],
  ])('%s', async (_, products, stars) => {
    const plan = withStars(PRODUCTS, 'products')
    const onTexts = await answeredByTexts(QUERY, plan, { products, stars }, 0)
    const onTrees = await answeredByTexts(QUERY, plan, { products, stars }, 1)
    expect(onTexts.answer).toEqual(onTrees.answer)
    expect(onTexts.calls).toEqual(onTrees.calls)
    expect(onTexts.taken).toContain(false)
  })
})

test('a part that is missing where it must not be bubbles as by trees', async () => {
  const texts = { products: productsWith('Sock', 'Sock'), stars: '{"data":{"_entities":[null]}}' }
  const plan = withStars(PRODUCTS, 'products')
  const onTexts = await answeredByTexts('{ products { id stars must } }', plan, texts, 0)
  expect(onTexts.answer.data).toEqual({ products: [null] })
  expect(onTexts.answer.errors).toMatchObject([{ path: ['products', 0, 'must'] }])
  expect(onTexts.calls).toHaveLength(2)
})

describe('objects of a union', () => {
  const query = '{ things { ... on Product { price id } ... on Maker { rank __typename } } }'
  const told = '{things{__typename ...on Product{id price}...on Maker{rank}}}'
  const things = (maker: string) => `{"data":{"things":[${maker},null,${SOCK}]}}`
  const SOCK = '{"__typename":"Product","id":"1","price":4.5}'
  const data = { things: [{ rank: 2, __typename: 'Maker' }, null, { price: 4.5, id: '1' }] }

  test('that begin with their types are never parsed', async () => {
    const products = things('{"__typename":"Maker","rank":2}')
    const { answer, parsed } = await answeredByTexts(query, { root: rootFetch(told) }, { products }, 0)
    expect([answer, parsed]).toEqual([{ data, errors: [] }, 0])
  })

  test('that begin with something else, or are of another type, give the same answer by trees', async () => {
    const last = '{things{...on Product{id price}...on Maker{rank}__typename}}'
    const products = things('{"rank":2,"__typename":"Maker"}').replace(
      SOCK,
      '{"id":"1","price":4.5,"__typename":"Product"}',
    )
    const { answer, taken } = await answeredByTexts(query, { root: rootFetch(last) }, { products }, 0)
    expect([answer, taken]).toEqual([{ data, errors: [] }, []])
    const parts = { products: things('{"__typename":"Part","rank":2}') }
    const other = await answeredByTexts(query, { root: rootFetch(told) }, parts, 0)
    expect(other.answer).toMatchObject({ data: { things: [null, null, { price: 4.5, id: '1' }] } })
    expect([other.answer.errors.length, other.taken]).toEqual([1, [false]])
  })
})

test('the type of an object is told, whatever part of it is missing', async () => {
  const texts = { products: productsWith('Sock', 'Sock'), stars: '{"data":{"_entities":[null]}}' }
  const plan = withStars(PRODUCTS, 'products')
  const { answer, taken } = await answeredByTexts('{ products { stars __typename } }', plan, texts, 0)
  expect(answer).toEqual({ data: { products: [{ stars: null, __typename: 'Product' }] }, errors: [] })
  expect(taken).toEqual([true, true])
})

test('nothing is asked about an object that lacks a required part', async () => {
  const asking = (field: string, requires: EntityLane['requires']): PlanTree => ({
    ...{ kind: 'entities', subgraph: field, operationName: null, variables: [] },
    operation: `query($r:[_Any!]!){_entities(representations:$r){...on Product{${field}}}}`,
    lanes: [{ ...starsOf('products'), requires }],
  })
  const { requires } = starsOf('')
  const withStarsToo = requires.map((fragment) =>
    fragment.kind === 'fragment'
      ? { ...fragment, selections: [...fragment.selections, requiredField('stars')] }
      : fragment,
  )
  const { answer, calls } = await answeredByTexts(
    '{ products { id stars hue } }',
    {
      root: sequence(
        rootFetch('{products{__typename id}}'),
        asking('stars', requires),
        asking('hue', withStarsToo),
      ),
    },
    {
      products: '{"data":{"products":[{"__typename":"Product","id":"1"}]}}',
      stars: '{"data":{"_entities":[null]}}',
      hue: '{"data":{"_entities":[{"hue":"RED"}]}}',
    },
    0,
  )
  expect(answer).toEqual({ data: { products: [{ id: '1', stars: null, hue: null }] }, errors: [] })
  expect(calls).toHaveLength(2)
})

test('a mutation of which the answer is not as expected is sent once', async () => {
  const plan: FetchPlan = { root: rootFetch('mutation{rename{id name}}', 'mutation') }
  const texts = { products: '{"data":{"rename":{"name":"New","id":"1"}}}' }
  const { answer, calls, taken } = await answeredByTexts('mutation { rename { id name } }', plan, texts, 0)
  expect(answer).toEqual({ data: { rename: { id: '1', name: 'New' } }, errors: [] })
  expect(taken).toEqual([false])
  expect(calls).toHaveLength(1)
})

test('a fetch is a mutation where its operation is one, and its entities are fetched by a query', async () => {
  const first = rootFetch('mutation{rename{__typename id}}', 'mutation')
  const texts = { products: '{"data":{"rename":{"__typename":"Product","id":"1"}}}' }
  for (const runsBeforeCode of [0, 1]) {
    const renamed = await answeredByTexts(
      'mutation { rename { id } }',
      { root: first },
      texts,
      runsBeforeCode,
    )
    expect(renamed.mutations).toEqual(['products'])
    const stars = { products: `{"data":{"products":[${ONE}]}}`, stars: STARS }
    const read = await answeredByTexts(QUERY, withStars(PRODUCTS, 'products'), stars, runsBeforeCode)
    expect([read.mutations, read.calls.length]).toEqual([[], 2])
  }
})

test('an object is copied as its text only if each of its places shows all of it, in its order', async () => {
  const first = rootFetch('{products{__typename id}others{__typename id}}')
  const products =
    '{"data":{"products":[{"__typename":"Product","id":"1"}],"others":[{"__typename":"Product","id":"1"}]}}'
  const makers = {
    ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
    operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{maker{id name rank}}}}',
    lanes: [{ ...starsOf(''), paths: ['products', 'others'].flatMap((field) => starsOf(field).paths) }],
  }
  const stars = '{"data":{"_entities":[{"maker":{"id":"m","name":"Mo","rank":2}}]}}'
  for (const others of ['name', 'name id rank', 'id', 'id name', 'id rank name', 'id name rank']) {
    const { answer, taken } = await answeredByTexts(
      `{ products { maker { id name rank } } others { maker { ${others} } } }`,
      { root: { kind: 'sequence', nodes: [first, makers] } },
      { products, stars },
      0,
    )
    expect(taken).toEqual([true, true])
    const [one, other] = [answer.data.products, answer.data.others]
    expect([one, other.map(({ maker }: { maker: object }) => Object.keys(maker).join(' '))]).toEqual([
      [{ maker: { id: 'm', name: 'Mo', rank: 2 } }],
      [others],
    ])
  }
})

test('an object that is shown as it came is also read where a part of it is required', async () => {
  const requires = starsOf('').requires.map((fragment) =>
    fragment.kind === 'fragment'
      ? {
          ...fragment,
          selections: [
            ...fragment.selections,
            { ...requiredField('maker'), selections: [requiredField('name')] },
          ],
        }
      : fragment,
  )
  const stars = {
    ...{ kind: 'entities' as const, subgraph: 'stars', operationName: null, variables: [] },
    operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}}}',
    lanes: [{ ...starsOf('products'), requires }],
  }
  const plan = sequence(rootFetch('{products{__typename id maker{id name}}}'), stars)
  const makers = [{ id: 'm', name: 'Mo' }, null]
  const { answer, calls, taken } = await answeredByTexts(
    '{ products { maker { id name } stars } }',
    { root: plan },
    {
      products: JSON.stringify({
        data: { products: makers.map((maker) => ({ __typename: 'Product', id: '1', maker })) },
      }),
      stars: '{"data":{"_entities":[{"stars":1},{"stars":2}]}}',
    },
    0,
  )
  const sent = JSON.parse(calls[1]?.replace('stars ', '') ?? '').variables.r
  expect(sent.map(({ maker }: { maker: unknown }) => maker)).toEqual([{ name: 'Mo' }, null])
  expect(answer.data).toEqual({ products: makers.map((maker, index) => ({ maker, stars: index + 1 })) })
  expect([calls.length, taken]).toEqual([2, [true, true]])
})

test('objects in lists of lists are written one by one where the answer has another order', async () => {
  const grid = [
    [{ size: 1, tags: ['a'] }],
    [],
    [
      { size: 2, tags: null },
      { size: 3, tags: [] },
    ],
  ]
  const products = JSON.stringify({ data: { grid } })
  const plan = { root: rootFetch('{grid{size tags}}') }
  const { answer, taken } = await answeredByTexts('{ grid { tags size } }', plan, { products }, 0)
  expect([answer, taken]).toEqual([{ data: { grid }, errors: [] }, [true]])
})

test('requests share what they send only where all of their objects are the same', async () => {
  const asking = (field: string, lists: readonly string[]): PlanTree => ({
    ...{ kind: 'entities', subgraph: field, operationName: null, variables: [] },
    operation: `query($r:[_Any!]!){_entities(representations:$r){...on Product{${field}}}}`,
    lanes: [{ ...starsOf(''), paths: lists.flatMap((list) => starsOf(list).paths) }],
  })
  const plan = sequence(
    rootFetch('{products{__typename id}others{__typename id}more{__typename id}}'),
    // Two of them have their first list in common, and two the last.
    parallel(
      asking('stars', ['products', 'others']),
      asking('price', ['more', 'others']),
      asking('must', ['products', 'more']),
    ),
  )
  const listOf = (id: string) => [{ __typename: 'Product', id }]
  const { answer, calls, taken } = await answeredByTexts(
    '{ products { id stars must } others { id stars price } more { id price must } }',
    { root: plan },
    {
      products: JSON.stringify({ data: { products: listOf('p'), others: listOf('o'), more: listOf('m') } }),
      stars: '{"data":{"_entities":[{"stars":1},{"stars":2}]}}',
      price: '{"data":{"_entities":[{"price":3},{"price":4}]}}',
      must: '{"data":{"_entities":[{"must":5},{"must":6}]}}',
    },
    0,
  )
  expect(answer.data).toEqual({
    products: [{ id: 'p', stars: 1, must: 5 }],
    others: [{ id: 'o', stars: 2, price: 4 }],
    more: [{ id: 'm', price: 3, must: 6 }],
  })
  expect(taken).toEqual([true, true, true, true])
  // Nothing is asked again on trees.
  expect(calls).toHaveLength(4)
})

test('each object has its own part, also where no part of another type is shown', async () => {
  const path = starsOf('products').paths.flat()
  const lane = {
    ...starsOf(''),
    paths: [path, [...path, { kind: 'field' as const, name: 'maker' }]],
    requires: ['Product', 'Maker'].map((type) => ({
      ...{ kind: 'fragment' as const, type, selections: [requiredField('__typename'), requiredField('id')] },
    })),
  }
  const plan = sequence(rootFetch('{products{__typename id maker{__typename id}}}'), {
    ...{ kind: 'entities', subgraph: 'stars', operationName: null, variables: [], lanes: [lane] },
    operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}...on Maker{rank}}}',
  })
  const products = ['1', '2'].map((id) => ({
    ...{ __typename: 'Product', id, maker: { __typename: 'Maker', id: `m${id}` } },
  }))
  const { answer, taken } = await answeredByTexts(
    '{ products { maker { rank } } }',
    { root: plan },
    {
      products: JSON.stringify({ data: { products } }),
      stars: '{"data":{"_entities":[{"stars":1},{"stars":2},{"rank":3},{"rank":4}]}}',
    },
    0,
  )
  expect(answer.data).toEqual({ products: [{ maker: { rank: 3 } }, { maker: { rank: 4 } }] })
  expect(taken).toEqual([true, true])
})

test('code keeps nothing of what it read', async () => {
  const gathered: ObjectsByShape[] = []
  const detached: unknown[] = []
  const root = {}
  const read = () => {
    gathered[0]?.[0]?.push({})
    return {}
  }
  const target = { shape: 0, read } as unknown as TargetCode
  const detach = (objects: readonly object[]) => void detached.push(...objects)
  const lane = { targets: [target], attach() {}, detach } as unknown as LaneCode
  const code: TextCode = {
    ...{ shapeCount: 1, steps: [[lane]], newRoot: () => root, write: () => '{}' },
    gatherIn: (met) => void gathered.push(met),
  }
  const steps = compileSteps([{ fetch: rootFetch('{a}'), after: new Set() }], {
    ...{ isOfType: typeTest(PRODUCT_SCHEMA), conditions: new Map() },
  })
  const fetch: FetchSubgraph = async (_body, _mutates, _context, taker) => offer('{"data":}', taker, mismatch)
  const run = { fetches: new Map([['products', fetch]]), calls: new Map(), variables: {} } as unknown as Run
  expect(await runOnTexts(code, steps, run)).toEqual({ data: '{}' })
  expect(gathered).toEqual([[[]], []])
  expect([detached.length, detached[0] === root]).toEqual([1, true])
})

test('the code of a program, or the reason for having none, is explained', async () => {
  const texts = { products: productsWith('Sock', 'Sock'), stars: STARS }
  const { program } = await answeredByTexts(QUERY, withStars(PRODUCTS, 'products'), texts, 0)
  expect(program.explain(true)).toContain('program: on JSON text, by')
  const introspection = await answeredByTexts(
    '{ __typename __schema { queryType { name } } }',
    { root: sequence() },
    texts,
    1,
  )
  expect(introspection.program.explain(true)).toContain(
    'program: on parsed JSON, since it asks about the schema',
  )
})
