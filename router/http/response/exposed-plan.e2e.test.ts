import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGuardedGraph } from '../../testing/guarded-graph.ts'
import { composed, type StartOptions, startTestRouter, type TestRouter } from '../../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../../testing/subgraph.ts'

const QUERY = 'query ($first: Int) { socks(first: $first) { id stock } }'
const EXPOSING = { 'apollo-expose-query-plan': 'true' }

const subgraphs: TestSubgraph[] = []
const routers: TestRouter[] = []

beforeAll(async () => {
  subgraphs.push(
    await startSubgraph(
      'shelf',
      'type Query { socks(first: Int): [Sock!] } type Mutation { buy: Sock } type Sock @key(fields: "id") { id: ID! }',
      { Query: { socks: () => [{ id: 1 }] }, Mutation: { buy: () => ({ id: 2 }) } },
    ),
    await startSubgraph('depot', 'type Sock @key(fields: "id") { id: ID! stock: Int }', {
      Sock: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        stock: () => 7,
      },
    }),
  )
})

afterAll(async () => {
  for (const router of routers) await router.close()
  for (const subgraph of subgraphs) await subgraph.stop()
})

async function start(options: StartOptions = {}): Promise<TestRouter> {
  const router = await startTestRouter({ sdl: composed(subgraphs.map(({ source }) => source)) }, options)
  routers.push(router)
  return router
}

async function bodyOf(
  url: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly body: { readonly extensions?: unknown }; readonly response: Response }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables: { first: 3 } }),
  })
  // The parts that the assertions read.
  return { body: (await response.json()) as { readonly extensions?: unknown }, response }
}

const fetches = [
  {
    kind: 'Fetch',
    serviceName: 'shelf',
    operation: expect.stringContaining('socks(first'),
    operationKind: 'query',
    variableUsages: ['first'],
  },
  {
    kind: 'Flatten',
    // Fields with arguments have aliases that the router chose.
    path: ['_socks_0', '@'],
    node: {
      kind: 'Fetch',
      serviceName: 'depot',
      operation: expect.stringContaining('_entities'),
      operationKind: 'query',
      requires: [
        {
          kind: 'InlineFragment',
          typeCondition: 'Sock',
          selections: expect.arrayContaining([expect.objectContaining({ kind: 'Field', name: 'id' })]),
        },
      ],
    },
  },
]

test('the plan, as Apollo’s tools read it', async () => {
  const router = await start()
  const { body, response } = await bodyOf(router.url, QUERY, EXPOSING)
  expect(body).toMatchObject({
    data: { socks: [{ id: '1', stock: 7 }] },
    extensions: {
      apolloQueryPlan: {
        object: { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: fetches } },
        text: expect.stringMatching(
          /^QueryPlan \{\n {2}Sequence \{\n {4}Fetch\(service: "shelf"\) \{[\s\S]*Flatten\(path: "\w*socks\w*.@"\) \{[\s\S]*=>/,
        ),
      },
    },
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('stands beside errors, for mutations, for introspection and in a batch', async () => {
  const router = await start({ settings: { limits: { batch: 2 } } })
  const plan = expect.objectContaining({ object: expect.objectContaining({ kind: 'QueryPlan' }) })
  const mutation = await bodyOf(router.url, 'mutation { buy { id } }', EXPOSING)
  expect(mutation.body.extensions).toMatchObject({
    apolloQueryPlan: { object: { node: { kind: 'Fetch', operationKind: 'mutation' } } },
  })
  const { body } = await bodyOf(router.url, '{ __typename }', EXPOSING)
  expect(body).toEqual({
    data: { __typename: 'Query' },
    extensions: { apolloQueryPlan: { object: { kind: 'QueryPlan' }, text: 'QueryPlan {}' } },
  })
  const batch = await fetch(router.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...EXPOSING },
    body: JSON.stringify([{ query: QUERY }, { query: '{ wrong }' }]),
  })
  expect(await batch.json()).toEqual([
    { data: expect.anything(), extensions: { apolloQueryPlan: plan } },
    { errors: expect.anything() },
  ])
})

test('is returned only to clients that request it, also if they share a recorded response', async () => {
  // Requests that share a response share its compressed bytes.
  const router = await start({ settings: { http: { compression: { above: '1B' } } } })
  const asked = Array.from({ length: 6 }, (_, index) => index % 2 === 0)
  for (let round = 0; round < 4; round++) {
    const bodies = await Promise.all(
      asked.map((exposing) => bodyOf(router.url, QUERY, exposing ? EXPOSING : {})),
    )
    expect(bodies.map(({ body }) => 'extensions' in body)).toEqual(asked)
  }
})

test('is never returned in production', async () => {
  const router = await start({ production: true })
  expect((await bodyOf(router.url, QUERY, EXPOSING)).body).not.toHaveProperty('extensions')
})

test('is kept by no cache', async () => {
  const router = await start({ settings: { http: { caching: { time: '60s', shared: true } } } })
  const cachingOf = async (headers: Record<string, string>) => {
    const url = `${router.url}?${new URLSearchParams({ query: QUERY })}`
    const answer = await fetch(url, { headers: { 'apollo-require-preflight': '1', ...headers } })
    return answer.headers.get('cache-control')
  }
  expect([await cachingOf(EXPOSING), await cachingOf({})]).toEqual(['no-store', 'public, max-age=60'])
})

test('is that of the caller, without the fields that are refused', async () => {
  const { router, issuer, stop } = await startGuardedGraph('compiled')
  try {
    const planFor = async (headers: Readonly<Record<string, string>>) => {
      const { body } = await bodyOf(router.url, '{ motd me { id } }', { ...EXPOSING, ...headers })
      return JSON.stringify(body.extensions)
    }
    expect(await planFor({})).not.toMatch(/\bme\b/)
    const authorization = `Bearer ${await issuer.sign({ scope: '' })}`
    expect(await planFor({ authorization })).toMatch(/\bme\b/)
  } finally {
    await stop()
  }
})
