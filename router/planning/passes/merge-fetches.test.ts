import { expect, test } from 'vitest'
import { entities } from '../../testing/plan-tree.ts'
import type { EntityFetch } from '../plan.ts'
import { mergeFetches } from './merge-fetches.ts'

/** Names along the paths of each lane. */
const placesOf = ({ lanes }: EntityFetch) =>
  lanes.map(({ paths }) =>
    paths.map((path) => path.map((step) => (step.kind === 'field' ? step.name : step.kind)).join('.')),
  )

test('each selection gets a response name and a variable', () => {
  const merged = mergeFetches([entities('stock', 'cart', 'n'), entities('stock', 'order', 'm')])
  expect(merged.operation).toBe(
    'query ($r0:[_Any!]!$r1:[_Any!]!){_0:_entities(representations:$r0){...on P{n}}_1:_entities(representations:$r1){...on P{m}}}',
  )
  expect(merged.lanes.map(({ alias, variable }) => [alias, variable])).toEqual([
    ['_0', 'r0'],
    ['_1', 'r1'],
  ])
  expect(placesOf(merged)).toEqual([['cart'], ['order']])
})

test('equal selections are sent once, for the entities of both paths', () => {
  const merged = mergeFetches([entities('stock', 'cart', 'n'), entities('stock', 'order', 'n')])
  expect(merged.operation).toBe('query ($r0:[_Any!]!){_0:_entities(representations:$r0){...on P{n}}}')
  expect(placesOf(merged)).toEqual([['cart', 'order']])
})

test('equal selections whose representations differ stay apart', () => {
  const requiring = (field: string) => entities('stock', 'cart', 'n', [], [field])
  expect(mergeFetches([requiring('id'), requiring('sku'), requiring('id')]).lanes).toHaveLength(2)
  const one = entities('stock', 'cart', 'n')
  const [lane] = one.lanes
  if (!lane) throw new Error('there is a lane')
  const rewrite = { kind: 'set', path: [], name: '__typename', value: 'Q' } as const
  for (const rewrites of ['inputRewrites', 'outputRewrites'] as const) {
    const rewritten = { ...one, lanes: [{ ...lane, [rewrites]: [rewrite] }] }
    expect(mergeFetches([one, rewritten, one, rewritten]).lanes).toHaveLength(2)
  }
})

test('the request has the subgraph and the name of the first', () => {
  const named = { ...entities('stock', 'cart', 'n'), operationName: 'Cart__stock__1' }
  const merged = mergeFetches([
    named,
    { ...entities('stock', 'order', 'm'), operationName: 'Cart__stock__2' },
  ])
  expect([merged.subgraph, merged.operationName]).toEqual(['stock', 'Cart__stock__1'])
  expect(merged.operation).toMatch(/^query Cart__stock__1\(/)
})

test('a variable of the client is declared once and passed on', () => {
  const merged = mergeFetches([
    entities('stock', 'cart', 'n(first:$first)', ['first']),
    entities('stock', 'order', 'm(first:$first)', ['first']),
  ])
  expect(merged.variables).toEqual(['first'])
  expect(merged.operation.match(/\$first:Int/g)).toHaveLength(1)
})

test('representations travel under names that no variable of the client has', () => {
  const plain = entities('stock', 'cart', 'n')
  const withVariable = entities('stock', 'order', 'm(first:$r7)', ['r7'])
  for (const fetches of [
    [plain, withVariable],
    [withVariable, plain],
  ])
    expect(mergeFetches(fetches).lanes.map(({ variable }) => variable)).toEqual(['rr0', 'rr1'])
})

test('fragments of one name are renamed, and their selections stay apart', () => {
  const withFragment = (at: string, selection: string) => {
    const fetch = entities('stock', at, '...a')
    return { ...fetch, operation: `${fetch.operation} fragment a on P{${selection}}` }
  }
  const { operation, lanes } = mergeFetches([withFragment('cart', 'n'), withFragment('order', 'm')])
  expect(lanes).toHaveLength(2)
  expect(operation).toContain('fragment f0_a on P{n}fragment f1_a on P{m}')
})

test('a request whose pieces are known is not parsed', () => {
  const fetch: EntityFetch = {
    ...entities('stock', 'cart', 'n'),
    operation: 'no GraphQL',
    pieces: { selections: ['{...on P{n}}'], variables: new Map([['first', '$first:Int']]) },
    variables: ['first'],
  }
  expect(mergeFetches([fetch]).operation).toBe(
    'query ($first:Int$r0:[_Any!]!){_0:_entities(representations:$r0){...on P{n}}}',
  )
})
