import { parse } from 'graphql'
import { expect, test } from 'vitest'
import type { EntityFetch, RootFetch } from '../planning/plan.ts'
import { entities, type PlanTree, parallel, plannedAs, root, sequence } from '../testing/plan-tree.ts'
import { exposedPlan } from './exposed-plan.ts'

async function exposed(tree: PlanTree, text = '{ a }') {
  const [definition] = parse(text).definitions
  if (definition?.kind !== 'OperationDefinition') throw new Error('the text is one operation')
  const source = { operation: { definition, fragments: {} }, planned: plannedAs(tree) }
  const { object, picture } = await exposedPlan({ read: () => source, release() {} }, new Map())
  // JSON leaves out what is undefined, as the response does.
  const { node } = JSON.parse(JSON.stringify(object)) as { readonly node?: unknown }
  return { node, picture }
}

const shelf = root('shelf', 'sock')
const shelfNode = {
  kind: 'Fetch',
  serviceName: 'shelf',
  operation: shelf.operation,
  operationKind: 'query',
  variableUsages: [],
}

/** A request for entities as it is exposed, without its place. */
const fetchNode = (fetch: EntityFetch, rest: object = {}) => ({
  ...{ kind: 'Fetch', serviceName: fetch.subgraph, operation: fetch.operation, operationKind: 'query' },
  ...{ variableUsages: fetch.variables, requires: [], ...rest },
})

test('a request has the name of its operation', async () => {
  const { node } = await exposed({ ...shelf, operationName: 'Shop__shelf__1' })
  expect(node).toEqual({ ...shelfNode, operationName: 'Shop__shelf__1' })
})

test('a plan without requests has no node', async () => {
  expect(await exposed(sequence())).toEqual({ node: undefined, picture: 'flowchart LR' })
})

test('one request stands alone, several of one level are parallel, levels follow each other', async () => {
  expect(await exposed(shelf)).toMatchObject({ node: shelfNode })
  const [stock, prices] = [entities('stock', 'sock', 'left', ['first']), entities('prices', 'sock', 'price')]
  const { node, picture } = await exposed(
    sequence(
      shelf,
      parallel(stock, sequence(prices, entities('rates', 'sock.price', 'rate'))),
      entities('taxes', 'sock', 'tax'),
    ),
  )
  expect(node).toEqual({
    kind: 'Sequence',
    nodes: [
      shelfNode,
      {
        kind: 'Parallel',
        nodes: [
          { kind: 'Flatten', path: ['sock'], node: fetchNode(stock) },
          { kind: 'Flatten', path: ['sock'], node: fetchNode(prices) },
        ],
      },
      {
        kind: 'Flatten',
        path: ['sock', 'price'],
        node: fetchNode(entities('rates', 'sock.price', 'rate')),
      },
      { kind: 'Flatten', path: ['sock'], node: fetchNode(entities('taxes', 'sock', 'tax')) },
    ],
  })
  expect(picture.split('\n').slice(-5)).toEqual([
    ...['  r1 --> r2', '  r1 --> r3', '  r3 --> r4', '  r2 --> r5', '  r4 --> r5'],
  ])
})

test('a request for entities at several paths is listed for each, with the same id', async () => {
  const { node, picture } = await exposed(
    sequence(shelf, parallel(entities('stock', 'sock', 'left'), entities('stock', 'twin', 'left'))),
  )
  const merged = { kind: 'Fetch', serviceName: 'stock', id: '2' }
  expect(node).toMatchObject({
    nodes: [
      shelfNode,
      {
        kind: 'Parallel',
        nodes: [
          { path: ['sock'], node: merged },
          { path: ['twin'], node: merged },
        ],
      },
    ],
  })
  expect(picture).toContain('r2["2 stock<br>sock<br>twin"]')
})

test('a path shows each element of a list, and types behind their field', async () => {
  const each = { kind: 'each' } as const
  const path = [
    { kind: 'field', name: 'socks' },
    each,
    { kind: 'types', names: ['Red', 'Blue'] },
    { kind: 'field', name: 'pairs' },
    ...[each, each],
  ] as const
  const fetch = entities('stock', 'socks', 'left')
  const lanes = fetch.lanes.map((lane) => ({ ...lane, paths: [path] }))
  const { node, picture } = await exposed({ ...fetch, lanes })
  expect(node).toMatchObject({ kind: 'Flatten', path: ['socks', '@|[Red,Blue]', 'pairs', '@', '@'] })
  expect(picture).toContain('socks.@#124;#91;Red#44;Blue#93;.pairs.@.@')
})

test('required fields have the names by which they are sent', async () => {
  const fetch = entities('stock', 'sock', 'left')
  const requires = [
    {
      kind: 'fragment',
      type: 'Sock',
      selections: [
        { kind: 'field', name: '_id_s1', as: 'id', selections: null },
        {
          kind: 'field',
          name: 'size',
          as: 'size',
          selections: [{ kind: 'field', name: 'width', as: 'width', selections: null }],
        },
      ],
    },
  ] as const
  const lanes = fetch.lanes.map((lane) => ({ ...lane, requires }))
  expect((await exposed({ ...fetch, lanes })).node).toMatchObject({
    node: {
      requires: [
        {
          kind: 'InlineFragment',
          typeCondition: 'Sock',
          selections: [
            { kind: 'Field', name: 'id' },
            { kind: 'Field', name: 'size', selections: [{ kind: 'Field', name: 'width' }] },
          ],
        },
      ],
    },
  })
})

test('root fields of a mutation are one; those of a query below it are a query', async () => {
  const below: RootFetch = { ...root('shelf', 'sock'), path: [{ kind: 'field', name: 'query' }] }
  const { node, picture } = await exposed(
    sequence(root('shop', 'buy', 'mutation'), below),
    'mutation { buy { query { sock { id } } } }',
  )
  expect(node).toMatchObject({
    nodes: [
      { kind: 'Fetch', serviceName: 'shop', operationKind: 'mutation' },
      { kind: 'Flatten', path: ['query'], node: { serviceName: 'shelf', operationKind: 'query' } },
    ],
  })
  expect(picture).toContain('r1["1 shop"]')
})
