import { describe, expect, test } from 'vitest'
import { parseExactly } from '../../json/exact-json.ts'
import type { EntityLane, RequiredSelection } from '../../planning/plan.ts'
import { compileSteps } from '../compiled-step.ts'
import type { Json } from '../own-property.ts'
import { type Represented, represent } from './write-representations.ts'

const isOfType = (typename: string, type: string) => typename === type || type === 'Node'

function field(name: string, selections: readonly RequiredSelection[] | null = null): RequiredSelection {
  return { kind: 'field', name, as: name, selections }
}

function on(type: string, ...selections: readonly RequiredSelection[]): RequiredSelection {
  return { kind: 'fragment', type, selections }
}

function represented(
  requires: readonly RequiredSelection[],
  data: Json,
  lane: Partial<EntityLane> = {},
): Represented {
  const whole: EntityLane = {
    alias: '_entities',
    variable: 'representations',
    paths: [[{ kind: 'field', name: 'items' }, { kind: 'each' }]],
    requires,
    inputRewrites: [],
    outputRewrites: [],
    contexts: [],
    ...lane,
  }
  const fetch = {
    kind: 'entities',
    subgraph: 'a',
    operation: '',
    operationName: null,
    variables: [],
    lanes: [whole],
  }
  const [step] = compileSteps([{ fetch: { ...fetch, kind: 'entities' }, after: new Set() }], {
    isOfType,
  })
  const compiled = step?.part.kind === 'entities' ? step.part.lanes[0] : undefined
  if (!compiled) throw new Error('a lane was compiled')
  return represent(compiled, data)
}

const KEY = [on('Product', field('__typename'), field('id'))]

describe('representations', () => {
  test('are written once each, and stand for every object', () => {
    const items = ['1', '2', '1', 1, '2'].map((id) => ({ __typename: 'Product', id }))
    const { text, indexes, count } = represented(KEY, { items })
    expect(JSON.parse(text)).toEqual(['1', '2', 1].map((id) => ({ __typename: 'Product', id })))
    expect([indexes, count]).toEqual([[0, 1, 0, 2, 1], 3])
  })

  test('leave out objects that lack what is required, are of other types, or of none', () => {
    const items = [null, { __typename: 'Product' }, { id: '1' }, { __typename: 'User', id: '2' }]
    expect(represented(KEY, { items })).toMatchObject({ text: '[]', objects: [], count: 0 })
    expect(represented(KEY, { items: null })).toMatchObject({ count: 0 })
  })

  test('keep a required null, and drop an object below which something is missing', () => {
    const requires = [on('Product', field('__typename'), field('size', [field('unit')]))]
    const sizes = [null, { unit: 'mm' }, { other: 1 }, [{ unit: 'm' }, null]]
    const items = sizes.map((size) => ({ __typename: 'Product', size }))
    const { text, indexes } = represented(requires, { items })
    expect(JSON.parse(text).map(({ size }: { readonly size: unknown }) => size)).toEqual([
      null,
      { unit: 'mm' },
      [{ unit: 'm' }, null],
    ])
    expect(indexes).toEqual([0, 1, 2])
  })

  test('keep objects of a type that nothing is required of, and drop those of which nobody knows the type', () => {
    const requires = [on('Product', field('__typename'), field('held', [on('Cup', field('volume'))]))]
    const held = [{ __typename: 'Cup', volume: 3 }, { __typename: 'Hat', width: 5 }, { width: 5 }]
    const items = held.map((one) => ({ __typename: 'Product', held: [one] }))
    const { text, indexes, objects } = represented(requires, { items })
    expect(JSON.parse(text)).toEqual([
      { __typename: 'Product', held: [{ volume: 3 }] },
      { __typename: 'Product', held: [{}] },
    ])
    expect([indexes, objects]).toEqual([[0, 1], items.slice(0, 2)])
  })

  test('merge what several fragments on one object require', () => {
    const requires = [
      on('Product', field('__typename'), field('box', [field('a')])),
      on('Node', field('id'), field('box', [field('b')])),
    ]
    const plan = structuredClone(requires)
    const items = [{ __typename: 'Product', id: '1', box: { a: 1, b: 2, c: 3 } }]
    expect(JSON.parse(represented(requires, { items }).text)).toEqual([
      { __typename: 'Product', box: { a: 1, b: 2 }, id: '1' },
    ])
    // Later operations compile the same lists.
    expect(requires).toEqual(plan)
  })

  test('tell entities apart that agree in their first field only', () => {
    const requires = [on('Product', field('__typename'), field('price'), field('id'))]
    const items = [1, 2, 1].map((id) => ({ __typename: 'Product', price: 5, id }))
    expect(represented(requires, { items })).toMatchObject({ indexes: [0, 1, 0], count: 2 })
  })

  test('tell entities of two types apart that have one key', () => {
    const requires = ['Product', 'User'].map((type) => on(type, field('__typename'), field('id')))
    const items = ['Product', 'User', 'Product'].map((__typename) => ({ __typename, id: '1' }))
    expect(represented(requires, { items })).toMatchObject({ indexes: [0, 1, 0], count: 2 })
  })

  test('take values from planner names, and are rewritten', () => {
    const requires = [
      on('Book', field('__typename'), { kind: 'field', name: 'price_0', as: 'price', selections: null }),
    ]
    const inputRewrites = [
      { kind: 'set', path: [{ kind: 'types', names: ['Book'] }], name: '__typename', value: 'Media' },
    ] as const
    const items = [{ __typename: 'Book', price_0: 'EUR', price: 'USD' }]
    expect(JSON.parse(represented(requires, { items }, { inputRewrites }).text)).toEqual([
      { __typename: 'Media', price: 'EUR' },
    ])
  })

  test('may be a type alone: it can be all of a key', () => {
    const { count } = represented([on('Product', field('__typename'))], {
      items: [{ __typename: 'Product' }],
    })
    expect(count).toBe(1)
  })

  test('have values of every kind as they were sent', () => {
    const requires = [on('Product', field('__typename'), field('size'))]
    const sizes = ['4.5', 'true', 'null', '"a \\"b\\""', '{"in":[1,null]}', '[]', '9007199254740993']
    const items = sizes.map((size) => parseExactly(`{"__typename":"Product","size":${size}}`))
    expect(represented(requires, { items }).text).toBe(
      `[${sizes.map((size) => `{"__typename":"Product","size":${size}}`)}]`,
    )
  })

  test('are made of own properties only', () => {
    const requires = [on('Product', field('__typename'), field('constructor'))]
    const items = [{ __typename: 'Product' }, JSON.parse('{"__typename":"Product","constructor":"c"}')]
    expect(JSON.parse(represented(requires, { items }).text)).toEqual([
      { __typename: 'Product', constructor: 'c' },
    ])
  })

  test('find entities of the right type, in lists of lists, and shared ones once', () => {
    const shared = [{ __typename: 'Product', id: '1' }]
    const data = { items: [[shared, shared], [[{ __typename: 'User', id: '2' }]]] }
    const each = { kind: 'each' } as const
    const paths = [
      [
        { kind: 'field', name: 'items' } as const,
        each,
        each,
        each,
        { kind: 'types', names: ['Product'] } as const,
      ],
    ]
    expect(represented(KEY, data, { paths })).toMatchObject({ objects: shared, indexes: [0] })
  })
})
