import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { FetchOutcome } from '../../fetching/fetch-outcome.ts'
import { dataKeys } from '../../operation/response-keys.ts'
import type { RequestContext } from '../../request-context.ts'
import { userIdentity } from '../../security/identity.ts'
import { entities, root } from '../../testing/plan-tree.ts'
import { compileSteps } from '../compiled-step.ts'
import { markFailure } from '../response/fetch-errors.ts'
import { faultsAt, newFaults } from '../response/field-errors.ts'
import { typeTest } from '../type-names.ts'
import { type Run, runStep } from './run-step.ts'

const SCHEMA = buildSchema(`
  type Query { pair: P pairs: [P] }
  type Mutation { buy: P }
  interface Any { id: ID }
  type P implements Any { id: ID n: Int }`)

/** A run whose only subgraph has one answer, and which records the variables and the operation name of each request. */
function runWith(answer: FetchOutcome, data: Record<string, unknown> = {}) {
  const asked: unknown[] = []
  const names: unknown[] = []
  const run: Run = {
    data,
    variables: {},
    // The subgraph of this test does not read the context.
    context: {} as RequestContext,
    fetches: new Map([
      [
        'stock',
        async (body: string) => {
          const { variables, operationName } = JSON.parse(body)
          asked.push(variables)
          names.push(operationName)
          return structuredClone(answer)
        },
      ],
    ]),
    isOfType: typeTest(SCHEMA),
    supergraphSchema: SCHEMA,
    keys: dataKeys(SCHEMA),
    faults: null,
    calls: new Map(),
    keeps: false,
    readers: null,
  }
  return { run, asked, names }
}

const answered = (data: Record<string, unknown>, errors: readonly unknown[] = []): FetchOutcome => {
  return { failed: null, data, errors }
}

const ANSWERED = { failed: null, data: {}, errors: [] } as const

function step(fetch: Parameters<typeof compileSteps>[0][number]['fetch']) {
  const [compiled] = compileSteps([{ fetch, after: new Set() }], { isOfType: typeTest(SCHEMA) })
  if (!compiled) throw new Error('a step was compiled')
  return compiled
}

const product = (id: string) => ({ __typename: 'P', id })
const KEY = ['__typename', 'id']

describe('a request for root fields', () => {
  test('merges what the subgraph answers into the data', async () => {
    const { run } = runWith(answered({ pair: { id: '1', n: 2 } }), { pair: { id: '1', size: 42 } })
    await runStep(step(root('stock', 'pair')), run)
    expect(run.data).toEqual({ pair: { id: '1', size: 42, n: 2 } })
    expect(run.faults).toBeNull()
  })

  test('sends the variables that the client set, and no others', async () => {
    const { run, asked } = runWith(answered({}))
    const fetch = { ...root('stock', 'pair'), variables: ['first', 'after', 'filter'] }
    await runStep(step(fetch), { ...run, variables: { first: 2, filter: null, after: undefined } })
    expect(asked).toEqual([{ first: 2, filter: null }])
  })

  test('has the name of its operation, if that has one', async () => {
    const { run, names } = runWith(answered({}))
    const named = { ...root('stock', 'pair'), operationName: 'Shop__stock__1' }
    for (const fetch of [named, root('stock', 'pair')]) await runStep(step(fetch), run)
    expect(names).toEqual(['Shop__stock__1', undefined])
  })

  test('whose subgraph fails leaves the data as it was, and a fault', async () => {
    const { run } = runWith({ failed: 'timeout' })
    await runStep(step(root('stock', 'pair')), run)
    expect(run.data).toEqual({})
    expect(run.faults?.all).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
  })

  test('below other objects goes to each of them, and is not sent where there is none', async () => {
    const below = { ...root('stock', 'pair'), path: [{ kind: 'field', name: 'shelves' } as const] }
    const { run, asked } = runWith(answered({ pair: { n: 1 } }), {
      shelves: [{}, null, { pair: { id: '1' } }],
    })
    await runStep(step(below), run)
    expect(run.data).toEqual({ shelves: [{ pair: { n: 1 } }, null, { pair: { id: '1', n: 1 } }] })
    const empty = runWith(answered({}), { shelves: [] })
    await runStep(step(below), empty.run)
    expect([asked.length, empty.asked.length]).toEqual([1, 0])
  })
})

describe('a request for entities', () => {
  const fetch = entities('stock', 'pair', 'n', [], KEY)

  test('sends the representation and merges the entity into its object', async () => {
    const { run, asked } = runWith(answered({ _entities: [{ n: 7 }] }), { pair: product('1') })
    await runStep(step(fetch), run)
    expect(asked).toEqual([{ representations: [product('1')] }])
    expect(run.data).toEqual({ pair: { ...product('1'), n: 7 } })
  })

  test('is not sent where there is no entity', () => {
    const { run, asked } = runWith(answered({}), { pair: null })
    expect(runStep(step(fetch), run)).toBeNull()
    expect(asked).toEqual([])
  })

  test.each([0, 1])('is sent where only one of its lists has an entity: %i', async (index) => {
    const { run, asked } = runWith(answered({ _entities: [{ n: 7 }], other: null }), {
      pair: product('1'),
    })
    const at = (field: string) =>
      fetch.lanes.map((lane) => ({ ...lane, paths: [[{ kind: 'field', name: field } as const]] }))
    const [lane] = at('pair')
    const [none] = at('none')
    if (!lane || !none) throw new Error('there is a lane')
    const lanes = [lane, { ...none, alias: 'other', variable: 'other' }]
    await runStep(step({ ...fetch, lanes: index === 0 ? lanes : lanes.toReversed() }), run)
    expect(asked).toEqual([{ representations: [product('1')], other: [] }])
    expect([run.data, run.faults]).toEqual([{ pair: { ...product('1'), n: 7 } }, null])
  })

  // A subgraph with the interface as an object (`@interfaceObject`) names the interface.
  test.each([
    ['P', 'Any', 'P'],
    ['Any', 'P', 'P'],
    ['P', undefined, 'P'],
  ])('to an object of type %s that is told to be of %j leaves it of type %s', async (known, told, type) => {
    const entity = { ...(told && { __typename: told }), n: 7 }
    const { run } = runWith(answered({ _entities: [entity] }), { pair: { __typename: known, id: '1' } })
    await runStep(step(fetch), run)
    expect(run.data).toEqual({ pair: { __typename: type, id: '1', n: 7 } })
  })

  test('that lacks a required field because of a fault has that fault', () => {
    const pair = { __typename: 'P' }
    const { run, asked } = runWith(answered({}), { pair })
    run.faults = newFaults(run.keys)
    const { faults } = run
    markFailure(faults, 'timeout', '{id}', [
      { alias: null, objects: [pair], indexes: null, path: [], renamed: null },
    ])
    expect(runStep(step(fetch), run)).toBeNull()
    expect([faultsAt(faults, pair, 'n'), asked]).toEqual([faults.all, []])
  })

  test('of another type is merged with the name of that, which the answer then refuses', async () => {
    const { run } = runWith(answered({ _entities: [{ __typename: 'Q', n: 7 }] }), { pair: product('1') })
    await runStep(step(fetch), run)
    expect(run.data).toEqual({ pair: { ...product('1'), __typename: 'Q', n: 7 } })
  })

  test('leaves an object as it was whose entity is null', async () => {
    const { run } = runWith(answered({ _entities: [null] }), { pair: product('1') })
    await runStep(step(fetch), run)
    expect(run.data).toEqual({ pair: product('1') })
    expect(run.faults).toBeNull()
  })

  test('whose errors explain that its answer has no list has no other fault', async () => {
    const errors = [{ message: 'no', path: ['_entities', 0, 'n'] }]
    const { run } = runWith(answered({ _entities: null }, errors), { pair: product('1') })
    await runStep(step(fetch), run)
    expect(run.faults?.all).toMatchObject([{ message: 'Internal server error.' }])
  })

  test('with values from around takes no prototype from the answer', async () => {
    const contexts = [{ up: 1, path: [], variable: 'v' }]
    const around = { ...fetch, lanes: fetch.lanes.map((lane) => ({ ...lane, contexts })) }
    const entity = JSON.parse('{"n":7,"below":{"__proto__":{"m":8}},"__proto__":{"m":8}}')
    const { run } = runWith(answered({ _entities: [entity] }), { pair: product('1') })
    const running = runStep(step(around), run)
    expect(running).toBeInstanceOf(Promise)
    await running
    const { pair } = run.data as Record<'pair', Record<string, object>>
    expect(pair).toEqual({ ...product('1'), n: 7, below: {} })
    expect('m' in pair || 'm' in (pair.below ?? {})).toBe(false)
  })

  test.each([
    ['no list', {}],
    ['a list of another length', { _entities: [] }],
    ['a list of something else', { _entities: ['n'] }],
  ])('whose answer has %s is a fault', async (_, data) => {
    const { run } = runWith(answered(data), { pair: product('1') })
    await runStep(step(fetch), run)
    expect(run.faults?.all).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
  })
})

test('the readers that the answers of mutations name are all kept, the latest of a name', async () => {
  const [ada, bo] = ['usr_ada', 'usr_bo'].map((subject) => userIdentity(subject, null, ''))
  if (!ada || !bo) throw new Error('there are two')
  const { run } = runWith(answered({}))
  for (const readers of [
    new Map([
      ['a', ada],
      ['c', ada],
    ]),
    new Map([
      ['b', bo],
      ['c', bo],
    ]),
  ]) {
    const fetches = new Map([['stock', async (): Promise<FetchOutcome> => ({ ...ANSWERED, readers })]])
    const now = { ...run, fetches }
    await runStep(step(root('stock', 'buy', 'mutation')), now)
    run.readers = now.readers
  }
  expect(run.readers).toEqual(
    new Map([
      ['a', ada],
      ['c', bo],
      ['b', bo],
    ]),
  )
})

describe('a call that was made for this run already', () => {
  test('is not made again where it asks the same', async () => {
    const { run, asked } = runWith(answered({ pair: { n: 1 } }))
    const compiled = step(root('stock', 'pair'))
    const keeping = { ...run, keeps: true }
    await runStep(compiled, keeping)
    await runStep(compiled, keeping)
    expect(asked).toHaveLength(1)
  })

  test('is made again where it has become another question, unless it is a mutation', async () => {
    const asking = async (kind: 'query' | 'mutation') => {
      const { run, asked } = runWith(answered({ pair: { n: 1 } }))
      const compiled = step({ ...root('stock', 'pair', kind), variables: ['first'] })
      for (const first of [1, 2]) await runStep(compiled, { ...run, keeps: true, variables: { first } })
      return asked.length
    }
    expect([await asking('query'), await asking('mutation')]).toEqual([2, 1])
  })
})

test('a subgraph that the supergraph lacks is a fault of the plan', async () => {
  const { run } = runWith(answered({}))
  await expect(runStep(step(root('attic', 'pair')), run)).rejects.toThrow('the plan asks a subgraph attic')
})
