import { createHash } from 'node:crypto'
import type { GraphQLResolveInfo } from 'graphql'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../testing/issuer.ts'
import { composed, EXECUTORS, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestContext, type TestSubgraph } from '../testing/subgraph.ts'

/** The subject of the internal token that came with a request; null for a guest. */
const subjectOf = ({ headers }: Pick<TestContext, 'headers'>) =>
  decodeJwt(headers.authorization?.replace('Bearer ', '') ?? '').sub ?? null

describe.each(EXECUTORS)('by the %s executor', (executor) => {
  let issuer: Issuer
  let users: TestSubgraph
  let orders: TestSubgraph
  let router: TestRouter
  /** Headers of the next sign-ins, one each; NAME stands for the response name. */
  let headers: string[] = []

  beforeAll(async () => {
    const signIn = (
      _: unknown,
      { id }: { id: string },
      { setHeader }: TestContext,
      { path }: GraphQLResolveInfo,
    ) => {
      const header = headers.shift()
      // The subgraph's response name is chosen by the plan and is not always the client's.
      if (header !== undefined) setHeader('x-reader', header.replace('NAME', String(path.key)))
      return { user: { id } }
    }
    users = await startSubgraph(
      'users',
      `type Query { me: User } type Mutation { signIn(id: ID!): Session other: String }
       type Session { user: User } type User @key(fields: "id") { id: ID! }`,
      { Query: { me: () => ({ id: 'usr_1' }) }, Mutation: { signIn, other: () => 'other' } },
    )
    orders = await startSubgraph(
      'orders',
      `type User @key(fields: "id") { id: ID! readBy: String } type Query { reader: String }
       type Mutation { order: String }`,
      {
        User: { readBy: (_: unknown, __: unknown, context: TestContext) => subjectOf(context) },
        Query: { reader: (_: unknown, __: unknown, context: TestContext) => subjectOf(context) },
        Mutation: { order: (_: unknown, __: unknown, context: TestContext) => subjectOf(context) },
      },
    )
    issuer = await startIssuer()
    router = await start(['users'])
  })
  beforeEach(() => {
    headers = []
  })
  afterAll(async () => {
    await router?.close()
    await Promise.all([users?.stop(), orders?.stop(), issuer?.server.stop()])
  })

  const start = (readersFrom: string[]) =>
    startTestRouter(
      { sdl: composed([users.source, orders.source]) },
      {
        executor,
        accessTokens: issuer.options,
        internalTokenMasterKey: createHash('sha256').update('the test').digest(),
        settings: { identity: { readers_from: readersFrom }, limits: { batch: 2 } },
      },
    )
  const SIGN_IN = 'mutation { signIn(id: "usr_ada") { user { readBy } } }'
  const readBy = (name: string | null) => ({ signIn: { user: { readBy: name } } })

  test('whom a mutation names reads what its field returned', async () => {
    headers = [`NAME ${await issuer.sign({ sub: 'usr_ada' })}`]
    const answer = await router.ask(SIGN_IN)
    expect([answer.data, answer.errors]).toEqual([readBy('usr_ada'), []])
    expect(answer.headers.get('x-reader')).toBeNull()
  })

  test('the request after it is the caller’s again', async () => {
    headers = [`NAME ${await issuer.sign({ sub: 'usr_ada' })}`]
    await router.ask(SIGN_IN)
    expect((await router.ask(SIGN_IN)).data).toEqual(readBy(null))
  })

  // The reference executor does not accept batches.
  test.skipIf(executor === 'reference')('the next operation of a batch is the caller’s again', async () => {
    headers = [`NAME ${await issuer.sign({ sub: 'usr_ada' })}`]
    const response = await fetch(router.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: SIGN_IN }, { query: SIGN_IN }]),
    })
    const answers: unknown = await response.json()
    expect(answers).toMatchObject([{ data: readBy('usr_ada') }, { data: readBy(null) }])
  })

  test('two sign-ins of one operation read each its own, and other fields are the caller’s', async () => {
    const [ada, bo] = [await issuer.sign({ sub: 'usr_ada' }), await issuer.sign({ sub: 'usr_bo' })]
    headers = [`NAME ${ada}`, `NAME ${bo}`]
    const { data } = await router.ask(
      `mutation { a: signIn(id: "usr_ada") { user { readBy } } b: signIn(id: "usr_bo") { user { readBy } } order }`,
      { headers: { authorization: `Bearer ${await issuer.sign({ sub: 'usr_eve' })}` } },
    )
    // If the plan fetches both accounts by one request, the reader is the caller; never the other account.
    const { a, b, order } = data as Record<'a' | 'b', { user: { readBy: string } }> & { order: string }
    expect(['usr_ada', 'usr_eve']).toContain(a.user.readBy)
    expect(['usr_bo', 'usr_eve']).toContain(b.user.readBy)
    expect(order).toBe('usr_eve')
  })

  test('a name that is not in the operation changes nothing', async () => {
    headers = [`other ${await issuer.sign({ sub: 'usr_ada' })}`]
    expect((await router.ask(SIGN_IN)).data).toEqual(readBy(null))
  })

  test('what no client could use as a token names nobody', async () => {
    const expired = Math.floor(Date.now() / 1_000) - 60
    const [head, claims, signature = ''] = (await issuer.sign({ sub: 'usr_ada' })).split('.')
    const altered = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const forged = [
      'NAME',
      'NAME nonsense',
      `NAME ${await issuer.sign({ sub: 'usr_ada', aud: 'another graph' })}`,
      `NAME ${await issuer.sign({ sub: 'usr_ada', iss: 'https://evil.test' })}`,
      `NAME ${await issuer.sign({ sub: 'usr_ada', exp: expired })}`,
      `NAME ${head}.${claims}.${altered}`,
      `__proto__ ${await issuer.sign({ sub: 'usr_ada' })}`,
    ]
    for (const line of forged) {
      headers = [line]
      expect([line, (await router.ask(SIGN_IN)).data]).toEqual([line, readBy(null)])
    }
  })

  test('a client cannot name a reader', async () => {
    const token = await issuer.sign({ sub: 'usr_ada' })
    const { data } = await router.ask(SIGN_IN, {
      headers: { 'x-reader': `signIn ${token}, _signIn_0 ${token}` },
    })
    expect(data).toEqual(readBy(null))
  })

  test.each([
    ['none', []],
    ['another', ['orders']],
  ])('a subgraph names nobody where the settings list %s', async (_, readersFrom) => {
    const strict = await start(readersFrom)
    try {
      headers = [`NAME ${await issuer.sign({ sub: 'usr_ada' })}`]
      expect((await strict.ask(SIGN_IN)).data).toEqual(readBy(null))
    } finally {
      await strict.close()
    }
  })

  test('the same operation over and over names its reader each time', async () => {
    for (const sub of [
      'usr_a',
      'usr_b',
      'usr_c',
      'usr_d',
      'usr_e',
      'usr_f',
      'usr_g',
      'usr_h',
      'usr_i',
      'usr_j',
    ]) {
      headers = [`NAME ${await issuer.sign({ sub })}`]
      expect((await router.ask(SIGN_IN)).data).toEqual(readBy(sub))
    }
  })
})
