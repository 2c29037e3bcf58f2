import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  composed,
  EXECUTORS,
  type StartOptions,
  startTestRouter,
  type TestRouter,
} from '../../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../../testing/subgraph.ts'

const text = (_: unknown, { length }: { length: number }) => 'x'.repeat(length)

let subgraph: TestSubgraph
const routers: TestRouter[] = []

beforeAll(async () => {
  subgraph = await startSubgraph(
    'shelf',
    `type Query { socks(first: Int = 5): [Sock!] @listSize(slicingArguments: ["first"]) one: Sock all: [Sock!] lost: Sock text(length: Int!): String }
     type Mutation { buy: Sock }
     type Sock { id: ID! pair: Sock pile(first: Int): [Sock!] @listSize(slicingArguments: ["first"], assumedSize: 10) }`,
    {
      Query: {
        socks: () => [{ id: 1 }, { id: 2 }],
        one: () => ({ id: 1 }),
        all: () => [],
        lost: () => new Error('lost'),
        text,
      },
      Mutation: { buy: () => ({ id: 3 }) },
      Sock: { pair: ({ id }: { id: number }) => ({ id: -id }), pile: () => [] },
    },
  )
})

afterAll(async () => {
  for (const router of routers) await router.close()
  await subgraph?.stop()
})

async function start(limits: NonNullable<StartOptions['settings']>['limits'], options: StartOptions = {}) {
  const router = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { settings: { limits }, ...options },
  )
  routers.push(router)
  return router
}

describe.each(EXECUTORS)('the limit of the %s executor', (executor) => {
  test('admits what costs the maximum, and refuses what costs more before anything is fetched', async () => {
    const router = await start({ cost: { maximum: 20 } }, { executor })
    const text = 'query ($n: Int) { socks(first: $n) { id pair { id } } }'
    expect(await router.ask(text, { variables: { n: 10 } })).toMatchObject({ status: 200, errors: [] })
    const before = subgraph.received.length
    const refused = await router.ask(text, {
      variables: { n: 11 },
      headers: { accept: 'application/graphql-response+json' },
    })
    expect(refused).toMatchObject({
      status: 400,
      data: undefined,
      errors: [
        {
          message:
            'The estimated cost of the operation is 22; the maximum is 20. Most expensive path: socks×11.pair.',
          extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE', 'cost.estimated': 22, 'cost.max': 20 },
        },
      ],
    })
    expect(subgraph.received).toHaveLength(before)
  })

  test('reports a missing slicing argument', async () => {
    const router = await start({}, { executor })
    const { errors } = await router.ask('{ one { pile { id } } }')
    expect(errors).toMatchObject([
      {
        message: 'The field pile takes exactly one of its slicing arguments (first), not 0.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ])
  })

  test('refuses nothing where it only measures', async () => {
    const router = await start({ cost: { maximum: 1, mode: 'measure' } }, { executor })
    expect(await router.ask('{ socks(first: 100) { id } one { pile { id } } }')).toMatchObject({ errors: [] })
  })
})

test('a list of unknown length has the length of the settings', async () => {
  const router = await start({ cost: { list_size: 7 } })
  const { headers } = await router.ask('{ all { id } }', { headers: { 'graphql-cost': 'report' } })
  expect(headers.get('graphql-cost')).toBe('estimated=7, actual=0, maximum=50000')
})

describe('what an operation costs', () => {
  test.each(['debug', 'info'])(
    'is returned to a client that requests it, and to no other (log level: %s)',
    async (level) => {
      const router = await start({}, { log: pino({ level }, { write: () => {} }) })
      const query = '{ socks(first: 9) { id pair { id } } }'
      const asked = await router.ask(query, { headers: { 'graphql-cost': 'report' } })
      expect(asked.headers.get('graphql-cost')).toBe('estimated=18, actual=4, maximum=50000')
      expect((await router.ask(query)).headers.has('graphql-cost')).toBe(false)
      const other = await router.ask(query, { headers: { 'graphql-cost': 'no' } })
      expect(other.headers.has('graphql-cost')).toBe(false)
    },
  )

  test('is not counted of an answer of more than a million characters', async () => {
    const router = await start({ batch: 2 })
    const asked = (length: number) =>
      router.ask(`{ text(length: ${length}) }`, { headers: { 'graphql-cost': 'report' } })
    const most = 1_000_000 - '{"data":{"text":""}}'.length
    expect((await asked(most)).headers.get('graphql-cost')).toBe('estimated=0, actual=0, maximum=50000')
    expect((await asked(most + 1)).headers.get('graphql-cost')).toBe('estimated=0, maximum=50000')
    // Nor is the sum of a batch with such an answer, whichever is first.
    const queries = [most + 1, 1].map((length) => ({ query: `{ text(length: ${length}) }` }))
    for (const batch of [queries, queries.toReversed()]) {
      const response = await fetch(router.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'graphql-cost': 'report' },
        body: JSON.stringify(batch),
      })
      await response.text()
      expect(response.headers.get('graphql-cost')).toBe('estimated=0, maximum=50000')
    }
  })

  test('is logged with the id of the request, the operation, its time, and whether the answer is whole', async () => {
    const router = await start({})
    const before = performance.now()
    await router.ask('mutation Buy { buy { id } }', { headers: { 'x-request-id': 'request-1' } })
    const passed = performance.now() - before
    const lines = router.logged.map((text) => JSON.parse(text)).filter(({ operation }) => operation === 'Buy')
    const { time: _, pid: __, hostname: ___, ...line } = lines[0]
    expect(line).toEqual({
      ...{ level: 20, msg: 'an operation was answered', requestId: 'request-1', operation: 'Buy' },
      ...{ cost: { estimated: 11, actual: 11 }, whole: true, ms: expect.any(Number) },
    })
    expect(line.ms).toBeLessThanOrEqual(Math.ceil(passed))
    expect(lines).toHaveLength(1)
    await router.ask('query Lost { lost { id } }')
    const lost = router.logged.map((text) => JSON.parse(text)).filter(({ operation }) => operation === 'Lost')
    expect(lost).toMatchObject([{ whole: false }])
  })

  test('is summed over a batch: what would exceed the maximum is refused, the others are answered', async () => {
    const router = await start({ batch: 3, cost: { maximum: 12 } })
    const query = 'query ($n: Int) { socks(first: $n) { id } }'
    const response = await fetch(router.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'graphql-cost': 'report' },
      body: JSON.stringify([7, 6, 5].map((n) => ({ query, variables: { n } }))),
    })
    const socks = [{ id: '1' }, { id: '2' }]
    expect(await response.json()).toEqual([
      { data: { socks } },
      { errors: [expect.objectContaining({ message: expect.stringContaining('after operations of 7') })] },
      { data: { socks } },
    ])
    expect(response.headers.get('graphql-cost')).toBe('estimated=12, actual=4, maximum=12')
    const costs = router.logged.map((line) => JSON.parse(line).cost).filter(Boolean)
    expect(costs.map(({ estimated }) => estimated).sort()).toEqual([5, 7])
  })
})
