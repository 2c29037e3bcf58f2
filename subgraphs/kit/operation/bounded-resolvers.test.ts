import { buildSchema, execute, isObjectType, parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import { boundedContext, boundResolvers, resolveProperty } from './bounded-resolvers.ts'
import { Operation } from './operation.ts'

const SDL = `
  type Query { node: Node, nodes(first: Int): [Node!] }
  type Mutation { change(n: Int): Node }
  type Node { n: Int, text: String, later: Node, nodes(first: Int): [Node!], broken: Int, brokenLater: Int }
`

type Args = { first?: number; n?: number }
const many = (first = 0) => Array.from({ length: first }, (_, n) => ({ n, text: 'sock' }))
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** A new operation on a small schema whose resolvers record their calls. */
function begin(limits: { maxBytes?: number; maxFields?: number } = {}) {
  const called: string[] = []
  const gate = Promise.withResolvers<void>()
  const resolvers: Record<string, Record<string, (source: unknown, args: Args) => unknown>> = {
    Query: { node: () => ({ n: 1, text: 'sock' }), nodes: (_, { first }) => many(first) },
    Node: {
      async later() {
        called.push('later')
        await gate.promise
        return { n: 2 }
      },
      async nodes(_, { first }) {
        called.push('nodes')
        return many(first)
      },
      broken() {
        throw new Error('broken')
      },
      async brokenLater() {
        throw new Error('broken')
      },
    },
    Mutation: {
      async change(_, { n }) {
        called.push(`${n} has begun`)
        await gate.promise
        called.push(`${n} is done`)
        return { n }
      },
    },
  }
  const schema = buildSchema(SDL)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) field.resolve = resolvers[type.name]?.[field.name]
  }
  boundResolvers(schema)
  const operation = new Operation({ timeMs: 60_000, maxBytes: 1_000_000, maxFields: 1_000_000, ...limits })
  const run = async (query: string) => {
    const contextValue = boundedContext({}, operation)
    return execute({ schema, document: parse(query), contextValue, fieldResolver: resolveProperty })
  }
  const end = async (query: string) => {
    const answer = await Promise.race([run(query), operation.ended])
    operation.finish()
    return 'error' in answer ? answer.error?.message : answer
  }
  return { called, operation, gate, run, end }
}

test('fields, items and bytes of an answer are counted', async () => {
  const { operation, end } = begin()
  expect(await end('{ node { n text } nodes(first: 2) { label: text } }')).toMatchObject({
    data: { node: { n: 1, text: 'sock' }, nodes: [{ label: 'sock' }, { label: 'sock' }] },
  })
  // Fields: node, n, text, nodes, label twice; and two items.
  expect(operation.fields).toBe(8)
  const names = ['node', 'n', 'text', 'nodes', 'label', 'label'].join('').length
  expect(operation.bytes).toBe(names + 6 * 4 + 3 * 'sock'.length)
})

const REFUSED = 'The answer is larger than 0 MB and 100 fields: ask for fewer items or fields.'

test.each([
  ['fields', { maxFields: 100 }, '{ nodes(first: 49) { n } }', '{ nodes(first: 50) { n } }'],
  ['bytes', { maxFields: 100, maxBytes: 300 }, '{ nodes(first: 20) { n } }', '{ nodes(first: 25) { text } }'],
])('an answer at the limit of %s is given, one above it is refused', async (_, limits, fits, large) => {
  expect(await begin(limits).end(fits)).toMatchObject({ data: { nodes: { length: expect.any(Number) } } })
  expect(await begin(limits).end(large)).toBe(REFUSED)
})

test('a list of a list is refused before its items are resolved', async () => {
  const { called, end } = begin({ maxFields: 100 })
  expect(await end('{ nodes(first: 10) { nodes(first: 1000) { nodes(first: 10) { n } } } }')).toBe(REFUSED)
  expect(called.length).toBeLessThan(10)
})

test.each([
  ['errors', '{ nodes(first: 4) { broken } }', '{ nodes(first: 6) { broken } }'],
  ['later errors', '{ nodes(first: 4) { brokenLater } }', '{ nodes(first: 6) { brokenLater } }'],
  [
    '__typename fields beyond one per selection set',
    '{ nodes(first: 30) { n __typename } }',
    '{ nodes(first: 30) { n a: __typename b: __typename c: __typename } }',
  ],
  [
    '__typename fields in fragments',
    '{ nodes(first: 30) { n ...F } } fragment F on Node { __typename }',
    '{ nodes(first: 30) { n ...F } } fragment F on Node { a: __typename b: __typename c: __typename }',
  ],
])('%s count', async (_, fits, large) => {
  expect(await begin({ maxFields: 100 }).end(fits)).toMatchObject({ data: { nodes: expect.any(Array) } })
  expect(await begin({ maxFields: 100 }).end(large)).toBe(REFUSED)
})

test('a stopped operation resolves nothing more', async () => {
  const { called, operation, gate, run } = begin()
  let isAnswered = false
  void run('{ node { later { later { n } nodes(first: 3) { n } } } }').then(() => (isAnswered = true))
  await tick()
  operation.abandon()
  gate.resolve()
  await tick()
  expect(called).toEqual(['later'])
  expect(isAnswered).toBe(false)
  expect(await operation.ended).toEqual({ error: null })
})

test('a resolver that fails after the stop of its operation is no error of it', async () => {
  const { operation, gate, run } = begin()
  let isAnswered = false
  void run('{ node { later { n } } }').then(() => (isAnswered = true))
  await tick()
  operation.abandon()
  gate.reject(new Error('the operation has stopped'))
  await tick()
  expect(isAnswered).toBe(false)
})

test('a mutation field that has begun is completed, the next one and its own payload are not', async () => {
  const { called, operation, gate, run } = begin()
  void run('mutation { a: change(n: 1) { later { n } } b: change(n: 2) { n } }')
  await tick()
  operation.abandon()
  expect(operation.isHalted).toBe(false)
  gate.resolve()
  await operation.ended
  await tick()
  expect(called).toEqual(['1 has begun', '1 is done'])
})

test('mutation fields run one after another, and answer', async () => {
  const { called, gate, end } = begin()
  gate.resolve()
  expect(await end('mutation { a: change(n: 1) { n } b: change(n: 2) { n } }')).toMatchObject({
    data: { a: { n: 1 }, b: { n: 2 } },
  })
  expect(called).toEqual(['1 has begun', '1 is done', '2 has begun', '2 is done'])
})

test('a large operation completes a few lists in each turn of the event loop, a small one all at once', async () => {
  const turnsOf = async (query: string) => {
    let turns = 0
    let isOver = false
    const { run, operation } = begin()
    const answer = run(query).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await tick()
      turns++
    }
    operation.finish()
    return { turns, answer: await answer }
  }
  const small = await turnsOf('{ nodes(first: 10) { nodes(first: 20) { n } } }')
  expect(small.turns).toBe(1)
  const large = await turnsOf('{ nodes(first: 100) { nodes(first: 100) { n } } }')
  // 10,000 items, some 250 in each turn.
  expect(large.turns).toBeGreaterThan(20)
  // Pages of less than no item, which a resolver may refuse, do not make up for others.
  const less = Array.from({ length: 100 }, (_, n) => `less${n}: nodes(first: -1000) { n }`).join(' ')
  const mixed = await turnsOf(`{ ${less} nodes(first: 100) { nodes(first: 100) { n } } }`)
  expect(mixed.turns).toBeGreaterThan(20)
  expect(JSON.stringify(large.answer).length).toBeGreaterThan(80_000)
})

test('large operations that are over make room for others', async () => {
  for (let time = 0; time < 4; time++)
    expect(await begin().end('{ nodes(first: 100) { nodes(first: 100) { n } } }')).toMatchObject({
      data: { nodes: { length: 100 } },
    })
})

test('the time of an operation ends it', async () => {
  const { run } = begin()
  const hasty = new Operation({ timeMs: 1, maxBytes: 1, maxFields: 1 })
  void run('{ node { later { n } } }')
  expect((await hasty.ended).error).toMatchObject({
    message: 'The operation took longer than 1 ms.',
    extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
  })
  expect(hasty.isHalted).toBe(true)
})

test('the first reason for which an operation stops counts, also within a mutation field', async () => {
  const stop = (operation: Operation) => {
    operation.abandon()
    operation.refuseSize()
  }
  const limits = { timeMs: 60_000, maxBytes: 1, maxFields: 1 }
  const [plain, shielded] = [new Operation(limits), new Operation(limits)]
  stop(plain)
  await shielded.shield(() => stop(shielded))
  for (const operation of [plain, shielded]) expect(await operation.ended).toEqual({ error: null })
})

test('a stop after a mutation field is complete counts at once', async () => {
  const operation = new Operation({ timeMs: 60_000, maxBytes: 1, maxFields: 1 })
  await operation.shield(async () => {})
  operation.abandon()
  expect(operation.isHalted).toBe(true)
})

test('rows count together, whatever the number of statements that read them', () => {
  const operation = new Operation({ timeMs: 60_000, maxBytes: 1_000_000, maxFields: 100 })
  operation.addRows(30)
  operation.addRows(20)
  expect(operation.isHalted).toBe(false)
  operation.addRows(1)
  expect(operation.isHalted).toBe(true)
})

test('an operation that is finished leaves no timer, and tells nobody of a stop', () => {
  vi.useFakeTimers()
  const operation = new Operation({ timeMs: 60_000, maxBytes: 1, maxFields: 1 })
  let stops = 0
  operation.onStop(() => {
    stops += 1
  })
  operation.finish()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  operation.abandon()
  expect(stops).toBe(0)
})
