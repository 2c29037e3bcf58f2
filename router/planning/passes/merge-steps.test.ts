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
