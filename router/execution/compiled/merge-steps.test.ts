import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { EntityFetch, PlanNode, RootFetch, Step } from '../../planning/plan.ts'
import { mergeSteps } from './merge-steps.ts'
import { planned } from './planned.ts'

function root(
  subgraph: string,
  name: string,
  operationKind: RootFetch['operationKind'] = 'query',
): RootFetch {
  const operation = `{${name}{__typename id}}`
  return {
    kind: 'root',
    subgraph,
    operation,
    operationName: null,
    variables: [],
    operationKind,
    path: [],
    outputRewrites: [],
  }
}

/** @param at keys of the path, each after a dot; `|` before a type. */
function entities(
  subgraph: string,
  at: string,
  selection: string,
  variables: readonly string[] = [],
  required: readonly string[] = [],
): EntityFetch {
  const declared = variables.map((name) => `$${name}:Int`).join('')
  return {
    kind: 'entities',
    subgraph,
    operation: `query($representations:[_Any!]!${declared}){_entities(representations:$representations){...on P{${selection}}}}`,
    operationName: null,
    variables,
    lanes: [
      {
        alias: '_entities',
        variable: 'representations',
        paths: [
          at
            .split('.')
            .map((key) =>
              key.startsWith('|') ? { kind: 'types', names: [key.slice(1)] } : { kind: 'field', name: key },
            ),
        ],
        requires: required.map((name) => ({ kind: 'field', name, as: name, selections: null })),
        inputRewrites: [],
        outputRewrites: [],
        contexts: [],
      },
    ],
  }
}

const sequence = (...nodes: readonly PlanNode[]): PlanNode => ({ kind: 'sequence', nodes })
const parallel = (...nodes: readonly PlanNode[]): PlanNode => ({ kind: 'parallel', nodes })

function merged(node: PlanNode, conditions: ReadonlyMap<string, boolean> = new Map()): readonly Step[] {
  return mergeSteps(planned({ root: node }, null).stepsFor(conditions))
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
      sequence(root('a', 'x'), entities('c', 'x', 'n'), entities('d', 'x', 'w')),
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
    // As a shop's products and their ranking: for those of a list, and for those of their reviews.
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

  test('follow conditions', () => {
    const node = sequence(root('a', 'x'), {
      kind: 'condition',
      variable: 'c',
      whenTrue: entities('b', 'x', 'n'),
      whenFalse: null,
    })
    const names = [true, false].map((value) => merged(node, new Map([['c', value]])).length)
    expect(names).toEqual([2, 1])
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

describe('a request waits for', () => {
  /** What the last of these waits for, one after the other by the plan, each of a subgraph of its own. */
  const waits = (...fetches: readonly (RootFetch | EntityFetch)[]) =>
    shape(merged(sequence(...fetches))).at(-1)

  const product = root('a', 'x')

  test('what gives it its objects, and nothing else that the plan puts before it', () => {
    const reviews = entities('b', 'x', 'y{__typename id}')
    expect(waits(product, entities('c', 'x', 'n'), entities('d', 'x', 'm'))).toBe('d 1 after 0')
    expect(waits(product, reviews, entities('c', 'x', 'n'), entities('d', 'x.y', 'm'))).toBe('d 1 after 1')
    const independent = sequence(product, entities('b', 'x', 'n'), root('c', 'z'))
    expect(shape(merged(independent))).toEqual(['a root after none', 'c root after none', 'b 1 after 0'])
  })

  test('what gives it what it requires', () => {
    const [price, size] = [entities('b', 'x', 'price'), entities('c', 'x', 'size{cm}')]
    expect(waits(product, price, size, entities('d', 'x', 'cost', [], ['price']))).toBe('d 1 after 1')
    expect(waits(product, size, entities('b', 'x.size', 'inch'), entities('d', 'x', 'w', [], ['size']))).toBe(
      'd 1 after 2',
    )
  })

  test('what tells or changes the type of its objects', () => {
    const typed = entities('b', 'x', '__typename n')
    expect(waits(product, typed, entities('c', 'x', 'm'))).toBe('c 1 after 1')
    expect(waits(root('a', 'x{y'), typed, entities('c', 'x.|P.y', 'm'))).toBe('c 1 after 1')
    expect(waits(root('a', 'x{y'), typed, entities('c', 'x.y', 'm'))).toBe('c 1 after 0')
  })

  test('what reads what it writes', () => {
    const reads = entities('b', 'x', 'n', [], ['price'])
    expect(waits(product, reads, entities('c', 'x', 'price'))).toBe('c 1 after 1')
  })

  test('everything, where values around its objects or rewrites play a part', () => {
    const other = entities('b', 'x', 'n')
    const [lane] = other.lanes
    if (!lane) return expect.fail('a fetch has a lane')
    const context = { ...lane, contexts: [{ up: 1, path: [], variable: 'c' }] }
    const rewrite = { kind: 'set', path: [], name: '__typename', value: 'P' } as const
    const changed = { ...lane, outputRewrites: [rewrite] }
    const last = entities('c', 'x', 'm')
    expect(waits(product, { ...other, lanes: [context] }, last)).toBe('c 1 after 1')
    expect(waits(product, { ...other, lanes: [changed] }, last)).toBe('c 1 after 1')
  })
})
