import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GuardedGraph, startGuardedGraph } from '../testing/guarded-graph.ts'
import { json } from '../testing/http-server.ts'
import { EXECUTORS, type GraphQLAnswer } from '../testing/router.ts'

let graph: GuardedGraph

type Caller = 'anonymous' | { readonly scope: string }

async function askAs(caller: Caller, query: string, variables = {}): Promise<GraphQLAnswer> {
  const headers: Record<string, string> =
    caller === 'anonymous'
      ? {}
      : { authorization: `Bearer ${await graph.issuer.sign({ scope: caller.scope })}` }
  return graph.router.ask(query, { headers, variables })
}

function refusals({ errors }: GraphQLAnswer): string[] {
  return errors.map(({ path, extensions }) => `${extensions.code} ${path?.join('.')}`)
}

function sent(): string {
  return [...graph.people.received, ...graph.places.received].map(({ query }) => query).join('\n')
}

const NOBODY: Caller = 'anonymous'
const PLAIN: Caller = { scope: '' }

type Case = {
  readonly says: string
  readonly query: string
  readonly caller: Caller
  readonly data: unknown
  readonly errors: readonly string[]
  /** Fields that must not be requested from any subgraph. */
  readonly unsent?: RegExp
}

const CASES: readonly Case[] = [
  {
    says: 'a root field that needs a caller is refused to nobody, the rest is answered',
    query: '{ me { id name } motd }',
    caller: NOBODY,
    data: { me: null, motd: 'hello' },
    errors: ['UNAUTHENTICATED me'],
    unsent: /\bme\b/,
  },
  {
    says: 'and is given to any caller',
    query: '{ me { id name } motd }',
    caller: PLAIN,
    data: { me: { id: 'u1', name: 'Ann' }, motd: 'hello' },
    errors: [],
  },
  {
    says: 'a query of refused fields only asks no subgraph',
    query: '{ mine: me { id } secretVault: vault { gold } }',
    caller: NOBODY,
    data: { mine: null, secretVault: null },
    errors: ['UNAUTHENTICATED mine', 'UNAUTHENTICATED secretVault'],
    unsent: /./,
  },
  {
    says: 'scopes that are lacking forbid',
    query: '{ customers { id email } }',
    caller: { scope: 'self' },
    data: {
      customers: [
        { id: 'u1', email: null },
        { id: 'u3', email: null },
      ],
    },
    errors: ['FORBIDDEN customers.0.email', 'FORBIDDEN customers.1.email'],
    unsent: /email/,
  },
  {
    says: 'one alternative of scopes suffices',
    query: '{ me { email } }',
    caller: { scope: 'people:read' },
    data: { me: { email: 'ann@a.test' } },
    errors: [],
  },
  {
    says: 'an alternative of two scopes needs both',
    query: '{ me { email } }',
    caller: { scope: 'mail self' },
    data: { me: { email: 'ann@a.test' } },
    errors: [],
  },
  {
    says: 'a type that needs scopes refuses each field that returns it',
    query: '{ vault { gold } motd }',
    caller: PLAIN,
    data: { vault: null, motd: 'hello' },
    errors: ['FORBIDDEN vault'],
    unsent: /vault|gold/,
  },
  {
    says: 'a type and its field each ask for their own',
    query: '{ vault { gold } }',
    caller: { scope: 'vault:read' },
    data: { vault: { gold: null } },
    errors: ['FORBIDDEN vault.gold'],
    unsent: /gold/,
  },
  {
    says: 'both together open it',
    query: '{ vault { gold } }',
    caller: { scope: 'vault:read gold:count' },
    data: { vault: { gold: 1 } },
    errors: [],
  },
  {
    says: 'an enum that needs a caller refuses each field that returns it',
    query: '{ customers { rank } }',
    caller: NOBODY,
    data: { customers: [{ rank: null }, { rank: null }] },
    errors: ['UNAUTHENTICATED customers.0.rank', 'UNAUTHENTICATED customers.1.rank'],
    unsent: /rank/,
  },
  {
    says: 'an interface field asks what any implementation asks',
    query: '{ people { id email } }',
    caller: PLAIN,
    data: {
      people: [
        { id: 'u1', email: null },
        { id: 'u2', email: null },
      ],
    },
    errors: ['FORBIDDEN people.0.email', 'FORBIDDEN people.1.email'],
    unsent: /email/,
  },
  {
    says: 'a fragment on a type that asks nothing is answered beside one that does',
    query: '{ people { id ... on Clerk { email } ... on Customer { email } } }',
    caller: PLAIN,
    data: {
      people: [
        { id: 'u1', email: null },
        { id: 'u2', email: 'bob@b.test' },
      ],
    },
    errors: ['FORBIDDEN people.0.email'],
  },
  {
    says: 'a refused interface field gives way to the same field of a type that asks nothing',
    query: '{ people { email ... on Clerk { email } } }',
    caller: PLAIN,
    data: { people: [{ email: null }, { email: 'bob@b.test' }] },
    errors: ['FORBIDDEN people.0.email'],
  },
  {
    says: 'named fragments, unions and aliases are seen through, at each place',
    query: `{ anyone { ...Who } again: anyone { ...Who } } fragment Who on Party { ...Known ... on Customer { friend { nick } } ... on Clerk { desk } } fragment Known on Customer { who: nick name }`,
    caller: NOBODY,
    data: {
      anyone: { who: null, name: 'Ann', friend: { nick: null } },
      again: { who: null, name: 'Ann', friend: { nick: null } },
    },
    errors: ['anyone', 'again'].flatMap((name) =>
      ['who', 'friend.nick'].map((field) => `UNAUTHENTICATED ${name}.${field}`),
    ),
    unsent: /nick|desk/,
  },
  {
    says: 'a refused field at a type that the object is not gives no error',
    query: '{ person(id: "u1") { name ... on Clerk { desk } } }',
    caller: NOBODY,
    data: { person: { name: 'Ann' } },
    errors: [],
    unsent: /desk/,
  },
  {
    says: 'a key that is refused is fetched for federation and stays hidden',
    query: '{ customers { card home } }',
    caller: PLAIN,
    data: null,
    // Both null the same list: a second error is allowed and not needed (6.4.4).
    errors: ['FORBIDDEN customers.0.card'],
  },
  {
    says: 'without its own field the key is used and not shown',
    query: '{ me { home } }',
    caller: PLAIN,
    data: { me: { home: 'home of 42' } },
    errors: [],
  },
  {
    says: 'a refused field of an entity costs no fetch',
    query: '{ customers { id city } }',
    caller: NOBODY,
    data: {
      customers: [
        { id: 'u1', city: null },
        { id: 'u3', city: null },
      ],
    },
    errors: ['UNAUTHENTICATED customers.0.city', 'UNAUTHENTICATED customers.1.city'],
    unsent: /city|_entities/,
  },
  {
    says: 'a non-null field that is refused makes the list of non-null objects around it null',
    query: '{ strictCustomers { id secret } motd }',
    caller: NOBODY,
    data: { strictCustomers: null, motd: 'hello' },
    errors: ['UNAUTHENTICATED strictCustomers.0.secret'],
    unsent: /secret/,
  },
  {
    says: 'a non-null root field that is refused makes data null',
    query: '{ secretList motd }',
    caller: PLAIN,
    data: null,
    errors: ['FORBIDDEN secretList'],
  },
  {
    says: 'a refused mutation is not run, the others are',
    query: 'mutation { rename(name: "Eve") { id } wave }',
    caller: PLAIN,
    data: { rename: null, wave: true },
    errors: ['FORBIDDEN rename'],
    unsent: /rename/,
  },
  {
    says: 'a refused mutation alone asks nobody',
    query: 'mutation { rename(name: "Eve") { id } }',
    caller: NOBODY,
    data: { rename: null },
    errors: ['UNAUTHENTICATED rename'],
    unsent: /./,
  },
  {
    says: 'a refused non-null mutation lets no other run, since no answer could tell of it',
    query: 'mutation { wave erase }',
    caller: PLAIN,
    data: null,
    errors: ['FORBIDDEN erase'],
    unsent: /./,
  },
  {
    says: 'and behind a fragment likewise',
    query: 'mutation { ...All } fragment All on Mutation { wave erase }',
    caller: PLAIN,
    data: null,
    errors: ['FORBIDDEN erase'],
    unsent: /./,
  },
  {
    says: 'and in a fragment without a name',
    query: 'mutation { ... { wave ... on Mutation { erase } } }',
    caller: PLAIN,
    data: null,
    errors: ['FORBIDDEN erase'],
    unsent: /./,
  },
  {
    says: 'a refused mutation that is not included hinders nothing',
    query: 'mutation { wave erase @include(if: false) ... @include(if: false) { again: erase } }',
    caller: PLAIN,
    data: { wave: true },
    errors: [],
    unsent: /erase/,
  },
  {
    says: 'a skipped refused mutation hinders nothing',
    query: 'mutation { wave erase @skip(if: true) }',
    caller: PLAIN,
    data: { wave: true },
    errors: [],
    unsent: /erase/,
  },
  {
    says: 'a mutation runs without the refused part of its answer',
    query: 'mutation { touch { id nick } }',
    caller: NOBODY,
    data: { touch: { id: 'u1', nick: null } },
    errors: ['UNAUTHENTICATED touch.nick'],
    unsent: /nick/,
  },
  {
    says: 'an object that is null has no refused fields',
    query: '{ me @skip(if: true) { nick } motd }',
    caller: NOBODY,
    data: { motd: 'hello' },
    errors: [],
  },
  {
    says: 'the same field selected twice is one refusal',
    query: '{ customers { nick } customers { nick id } }',
    caller: NOBODY,
    data: { customers: ['u1', 'u3'].map((id) => ({ nick: null, id })) },
    errors: ['UNAUTHENTICATED customers.0.nick', 'UNAUTHENTICATED customers.1.nick'],
  },
  {
    says: 'a refused field with two response names is two refusals',
    query: '{ person(id: "u1") { ... on Customer { one: rank two: rank } } }',
    caller: NOBODY,
    data: { person: { one: null, two: null } },
    errors: ['UNAUTHENTICATED person.one', 'UNAUTHENTICATED person.two'],
  },
  {
    says: 'refused fields of one response name are null as far as each is non-null',
    query: '{ strictCustomers { secret } person(id: "u1") { ... on Customer { secret: nick } } }',
    caller: NOBODY,
    data: { strictCustomers: null, person: { secret: null } },
    errors: ['UNAUTHENTICATED strictCustomers.0.secret', 'UNAUTHENTICATED person.secret'],
  },
  {
    says: 'refused fields of an object below objects, which an interface and a type select, are all refused',
    query: '{ person(id: "u1") { friend { name nick } ... on Customer { friend { rank } } } }',
    caller: NOBODY,
    data: { person: { friend: { name: 'Finn', nick: null, rank: null } } },
    errors: ['UNAUTHENTICATED person.friend.nick', 'UNAUTHENTICATED person.friend.rank'],
    unsent: /nick|rank/,
  },
  {
    says: '__typename is answered beside refused fields',
    query: '{ __typename customers { __typename nick } }',
    caller: NOBODY,
    data: {
      __typename: 'Query',
      customers: [
        { __typename: 'Customer', nick: null },
        { __typename: 'Customer', nick: null },
      ],
    },
    errors: ['UNAUTHENTICATED customers.0.nick', 'UNAUTHENTICATED customers.1.nick'],
  },
]

describe.each(EXECUTORS)('access directives, by the %s executor', (executor) => {
  beforeAll(async () => {
    graph = await startGuardedGraph(executor)
  })

  beforeEach(() => {
    graph.people.received.length = 0
    graph.places.received.length = 0
  })

  afterAll(() => graph?.stop())

  for (const { says, query, caller, data, errors, unsent } of CASES) {
    test(says, async () => {
      const answer = await askAs(caller, query)
      expect(answer.data).toEqual(data)
      expect(refusals(answer).slice(0, data === null ? errors.length : undefined)).toEqual(errors)
      expect(answer.status).toBe(200)
      if (unsent) expect(sent()).not.toMatch(unsent)
    })
  }

  test('variables and fragments that only refused fields used are dropped, and still checked', async () => {
    const query = `query Q($id: ID!, $name: Boolean!) { motd me @include(if: $name) { ...P } person(id: $id) { name } }
                   fragment P on Customer { id }`
    const variables = { id: 'u2', name: true }
    const answer = await askAs(NOBODY, query, variables)
    expect(answer.data).toEqual({ motd: 'hello', me: null, person: { name: 'Bob' } })
    expect(refusals(answer)).toEqual(['UNAUTHENTICATED me'])
    expect(await askAs(NOBODY, query, { ...variables, name: false })).toMatchObject({
      data: { motd: 'hello', person: { name: 'Bob' } },
      errors: [],
    })
    const wrong = await askAs(NOBODY, query, { id: 'u2' })
    expect(wrong).toMatchObject({
      status: 400,
      data: undefined,
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  test('one plan for one caller is never the plan of another', async () => {
    const query = '{ people { ... on Customer { nick email } } }'
    const [nobody, plain, reader] = [NOBODY, PLAIN, { scope: 'people:read' }]
    for (let round = 0; round < 2; round++) {
      expect((await askAs(nobody, query)).data).toEqual({ people: [{ nick: null, email: null }, {}] })
      expect((await askAs(plain, query)).data).toEqual({ people: [{ nick: 'A', email: null }, {}] })
      expect((await askAs(reader, query)).data).toEqual({ people: [{ nick: 'A', email: 'ann@a.test' }, {}] })
    }
  })

  test('a failing subgraph and a refused field each give their error', async () => {
    graph.places.server.handle((_, response) => json(response, 503, {}))
    const answer = await askAs(NOBODY, '{ person(id: "u1") { nick: name ... on Customer { rank home } } }')
    graph.places.recover()
    expect(answer.data).toEqual({ person: { nick: 'Ann', rank: null, home: null } })
    expect(refusals(answer)).toEqual(['UNAUTHENTICATED person.rank', 'SUBGRAPH_UNAVAILABLE person.home'])
  })

  test('a refusal says what is missing', async () => {
    const { errors } = await askAs(PLAIN, '{ me { email } }')
    expect(errors[0]?.message).toBe('Customer.email needs the scope people:read, or self and mail.')
    const anonymous = await askAs(NOBODY, '{ me { email } }')
    expect(anonymous.errors[0]?.message).toBe('Query.me needs a signed-in caller.')
  })
})
