import type { RouterOptions } from '../router.ts'
import { type Issuer, startIssuer } from './issuer.ts'
import { composed, startTestRouter, type TestRouter } from './router.ts'
import { startSubgraph, type TestSubgraph } from './subgraph.ts'

/** A graph of two subgraphs with every way to guard a field, behind a router that takes access tokens of an issuer. */
export type GuardedGraph = {
  readonly people: TestSubgraph
  readonly places: TestSubgraph
  readonly issuer: Issuer
  readonly router: TestRouter
  stop(): Promise<void>
}

const ANN = {
  __typename: 'Customer',
  id: 'u1',
  name: 'Ann',
  email: 'ann@a.test',
  nick: 'A',
  rank: 'GOLD',
  card: '42',
  friend: { __typename: 'Customer', id: 'u4', name: 'Finn', nick: 'F', rank: 'GOLD', card: '43' },
}
const BOB = { __typename: 'Clerk', id: 'u2', name: 'Bob', email: 'bob@b.test', nick: 'B', desk: 7 }

export async function startGuardedGraph(
  executor: NonNullable<RouterOptions['executor']>,
): Promise<GuardedGraph> {
  const people = await startSubgraph(
    'people',
    `type Query {
       people: [Person!]
       anyone: Party
       person(id: ID!): Person
       me: Customer @authenticated
       customers: [Customer!]!
       strictCustomers: [StrictCustomer!]
       vault: Vault
       secretList: [Int!]! @requiresScopes(scopes: [["vault:read"]])
       motd: String
     }
     type Mutation {
       rename(name: String!): Customer @requiresScopes(scopes: [["people:write"]])
       erase: Boolean! @requiresScopes(scopes: [["people:write"]])
       touch: Customer
       wave: Boolean
     }
     interface Person { id: ID! name: String email: String nick: String friend: Customer }
     union Party = Customer | Clerk
     type Customer implements Person @key(fields: "id") @key(fields: "card") {
       id: ID!
       name: String
       email: String @requiresScopes(scopes: [["people:read"], ["self", "mail"]])
       nick: String @authenticated
       rank: Rank
       card: String! @requiresScopes(scopes: [["cards:read"]])
       friend: Customer
     }
     type Clerk implements Person @key(fields: "id") {
       id: ID!
       name: String
       email: String
       nick: String
       friend: Customer
       desk: Int @requiresScopes(scopes: [["people:read"]]) @authenticated
     }
     type StrictCustomer { id: ID! secret: String! @authenticated }
     enum Rank @authenticated { GOLD }
     type Vault @requiresScopes(scopes: [["vault:read"]]) { gold: Int @requiresScopes(scopes: [["gold:count"]]) }`,
    {
      Person: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Party: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Customer: { __resolveReference: () => ANN },
      Query: {
        people: () => [ANN, BOB],
        anyone: () => ANN,
        person: (_: unknown, { id }: { id: string }) => (id === 'u1' ? ANN : BOB),
        me: () => ANN,
        customers: () => [ANN, { ...ANN, id: 'u3' }],
        strictCustomers: () => [{ id: 's1', secret: 'x' }],
        vault: () => ({ gold: 1 }),
        secretList: () => [1],
        motd: () => 'hello',
      },
      Mutation: { rename: () => ANN, erase: () => true, touch: () => ANN, wave: () => true },
    },
  )
  const places = await startSubgraph(
    'places',
    'type Customer @key(fields: "card") { card: String! home: String city: String @authenticated }',
    {
      Customer: {
        __resolveReference: (reference: object) => reference,
        home: ({ card }: { card: string }) => `home of ${card}`,
        city: () => 'Oslo',
      },
    },
  )
  const issuer = await startIssuer()
  const router = await startTestRouter(
    { sdl: composed([people.source, places.source]) },
    { accessTokens: issuer.options, executor },
  )
  return {
    people,
    places,
    issuer,
    router,
    async stop() {
      await router.close()
      await Promise.all([people.stop(), places.stop(), issuer.server.stop()])
    },
  }
}
