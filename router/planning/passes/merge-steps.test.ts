import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { entities, type PlanTree, parallel, root, sequence, stepsIn } from '../../testing/plan-tree.ts'
import type { EntityFetch, Step } from '../plan.ts'
import { mergeSteps } from './merge-steps.ts'

function merged(tree: PlanTree): readonly Step[] {
  return mergeSteps(stepsIn(tree))
}

function shape(steps: readonly Step[]): readonly string[] {
  return steps.map(({ fetch, after }) => {
    const before = [...after].map((step) => steps.indexOf(step)).sort()
    const lanes = fetch.kind === 'entities' ? fetch.lanes.map(({ paths }) => paths.length).join('+') : 'root'
    return `${fetch.subgraph} ${lanes} after ${before.join(',') || 'none'}`
  })
}

describe('requests', () => {
  test('of one level to one subgraph are one, which waits for what each waits for', () => {
    const node = parallel(
      sequence(root('a', 'x'), parallel(entities('c', 'x', 'n'), entities('d', 'x', 'w'))),
      sequence(root('b', 'y'), entities('c', 'y', 'm')),
    )
    expect(shape(merged(node))).toEqual([
      'a root after none',
      'b root after none',
      'c 1+1 after 0,1',
      'd 1 after 0',
    ])
  })

  test('that ask the same ask it once, for the entities of both', () => {
    const node = sequence(root('a', 'x'), parallel(entities('c', 'x', 'n'), entities('c', 'y', 'n')))
    expect(shape(merged(node))).toEqual(['a root after none', 'c 2 after 0'])
  })

  test('that nothing waits for travel with a later one to the same subgraph', () => {
    const node = sequence(
      root('a', 'x'),
      parallel(
        entities('c', 'x', 'n'),
        sequence(entities('d', 'x', 'w'), entities('c', 'x', 'm', [], ['w'])),
      ),
    )
    expect(shape(merged(node))).toEqual(['a root after none', 'd 1 after 0', 'c 1+1 after 0,1'])
  })

  test('travel with a later one where what waits for them does so too', () => {
    // The products of a shop and their ranking: those of a list, and those of the products' reviews.
    const node = sequence(
      root('a', 'x'),
      parallel(
        sequence(entities('c', 'x', 'w'), entities('d', 'x', 'n', [], ['w'])),
        sequence(
          entities('b', 'x', 'y{__typename id}'),
          parallel(entities('c', 'x.y', 'w')),
          entities('d', 'x.y', 'n', [], ['w']),
        ),
      ),
    )
    expect(shape(merged(node))).toEqual(['a root after none', 'b 1 after 0', 'c 2 after 0,1', 'd 2 after 2'])
  })

  test('with values from around their entities are sent alone, and no other is delayed to travel with one', () => {
    const withContext = (at: string): EntityFetch => {
      const fetch = entities('c', at, 'n')
      const context = { up: 1, path: [], variable: 'v' }
      return { ...fetch, lanes: fetch.lanes.map((lane) => ({ ...lane, contexts: [context] })) }
    }
    const node = sequence(
      root('a', 'x'),
      parallel(
        withContext('x'),
        withContext('y'),
        entities('c', 'x', 'm'),
        sequence(entities('d', 'x', 'w'), withContext('z')),
      ),
    )
    expect(shape(merged(node))).toEqual([
      'a root after none',
      'c 1 after 0',
      'c 1 after 0',
      'c 1 after 0',
      'd 1 after 0',
      'c 1 after 4',
    ])
  })

  test('travel with the next one to the same subgraph, not with the last', () => {
    const node = sequence(
      root('a', 'x'),
      parallel(
        entities('c', 'x', 'n'),
        sequence(
          entities('d', 'x', 'w'),
          entities('c', 'x', 'm', [], ['w']),
          entities('d', 'x', 'v', [], ['m']),
          entities('c', 'x', 'l', [], ['v']),
        ),
      ),
    )
    expect(shape(merged(node))).toEqual([
      'a root after none',
      'd 1 after 0',
      'c 1+1 after 0,1',
      'd 1 after 2',
      'c 1 after 3',
    ])
  })

  describe('are not delayed', () => {
    const isAlone = (subgraph: string, steps: readonly Step[]) =>
      shape(mergeSteps(steps)).filter((line) => line.startsWith(`${subgraph} 1 `)).length
    const step = (fetch: Step['fetch'], ...after: readonly Step[]): Step => ({ fetch, after: new Set(after) })
    const ask = (subgraph: string, ...after: readonly Step[]) =>
      step(entities(subgraph, 'x', `${subgraph}${after.length}`), ...after)
    const start = step(root('a', 'x'))

    test('beyond the first that waits for them, whatever waits later', () => {
      const first = ask('c', start)
      const waiting = ask('f', first)
      const other = ask('d', start)
      const second = ask('c', other)
      const last = ask('b', second, first)
      expect(isAlone('c', [start, first, waiting, other, second, last])).toBe(2)
      expect(isAlone('c', [start, first, last, waiting, other, second])).toBe(2)
    })

    test('beyond the first that waits for them, where another one is delayed itself', () => {
      const first = ask('c', start)
      const delayed = ask('g', first)
      const before = ask('i', ask('h', start))
      const second = ask('c', before)
      const waiting = ask('f', before, first)
      const last = ask('g', second)
      const chain = [...before.after]
      expect(isAlone('c', [start, first, delayed, ...chain, before, second, waiting, last])).toBe(2)
    })

    test('where one that is sent alone waits for them', () => {
      const first = ask('d', start)
      const [lane] = entities('c', 'x', 'n').lanes
      if (!lane) throw new Error('there is a lane')
      const contexts = [{ up: 1, path: [], variable: 'v' }]
      const alone = step({ ...entities('c', 'x', 'n'), lanes: [{ ...lane, contexts }] }, first)
      const [one, two] = [ask('e', start), ask('e', ask('e', start))]
      const second = ask('d', two)
      const last = ask('c', second)
      const chain = [...two.after]
      expect(isAlone('d', [start, first, alone, one, ...chain, two, second, last])).toBe(2)
    })
  })

  test('of a mutation stay one after the other', () => {
    const first = root('a', 'x', 'mutation')
    const node = sequence(first, entities('c', 'x', 'n'), root('a', 'y', 'mutation'), entities('c', 'y', 'n'))
    expect(shape(merged(node))).toEqual(['a root after none', 'c 1 after 0', 'a root after 1', 'c 1 after 2'])
  })

  test('are valid when merged: variables are kept apart or shared, fragments renamed', () => {
    const schema = buildSchema(`scalar _Any union _Entity = P type P { n(first: Int): Int m: Int }
      type Query { _entities(representations: [_Any!]!): [_Entity]! }`)
    const one = entities('c', 'x', 'n(first:$r0) ...a', ['r0'])
    const other = entities('c', 'y', 'k:n(first:$r0) ...a', ['r0'])
    const withFragment = (fetch: EntityFetch, selection: string) => ({
      ...fetch,
      operation: `${fetch.operation} fragment a on P{${selection}}`,
    })
    const steps = merged(parallel(withFragment(one, 'm'), withFragment(other, 'm2:m')))
    const [step] = steps
    expect(steps).toHaveLength(1)
    expect(validate(schema, parse(step?.fetch.operation ?? ''))).toEqual([])
    expect(step?.fetch.variables).toEqual(['r0'])
  })
})
