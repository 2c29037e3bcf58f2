import type { Feature } from '../feature.ts'

/** Effects of one request, in order: the subgraphs' rows of this feature are not shared by others. */
const ledger: string[] = []
const entry = (text: string) => {
  ledger.push(text)
  return { id: text, at: ledger.length }
}

/** Mutations run one after the other, across subgraphs, and each sees what the one before has done. */
export const mutations: Feature = {
  name: 'mutations',
  subgraphs: {
    orders: {
      sdl: `
        type Query { ledger: [String!]! }
        type Mutation { clear: Boolean order(name: String!): Entry fails: Int strict: Int! state: State }
        type State { text: String query: Query again: Mutation }
        type Entry @key(fields: "id") { id: ID! at: Int }`,
      resolvers: {
        Query: { ledger: () => [...ledger] },
        Mutation: {
          clear: () => {
            ledger.length = 0
            return true
          },
          order: (_, { name }) => entry(`order ${name}`),
          fails: () => {
            throw new Error('no')
          },
          strict: () => null,
          state: () => ({ text: ledger.join(', '), query: {}, again: {} }),
        },
      },
    },
    payments: {
      sdl: `
        schema { query: Asking mutation: Paying }
        type Asking { rate: Int }
        type Paying { pay(name: String!): Entry paid: String }
        type Entry @key(fields: "id") { id: ID! receipt: String ask: Asking }`,
      query: { rate: 5 },
      resolvers: {
        Paying: { pay: (_, { name }) => entry(`pay ${name}`), paid: () => ledger.join(', ') },
        Entry: { receipt: ({ id }) => `receipt of ${id}`, ask: () => ({ rate: 5 }) },
      },
    },
  },
  cases: [
    {
      name: 'in sequence, back and forth between subgraphs',
      operation: `mutation ($n: String!) {
        clear a: order(name: "a") { id } b: pay(name: $n) { id } c: order(name: "c") { id } paid d: pay(name: "d") { id } state { text }
      }`,
      variables: { n: 'b' },
      data: {
        clear: true,
        a: { id: 'order a' },
        b: { id: 'pay b' },
        c: { id: 'order c' },
        paid: 'order a, pay b, order c',
        d: { id: 'pay d' },
        state: { text: 'order a, pay b, order c, pay d' },
      },
    },
    {
      name: 'an entity that a mutation returns is completed elsewhere, in both directions',
      operation: 'mutation { clear order(name: "x") { at receipt } pay(name: "y") { receipt id } }',
      data: {
        clear: true,
        order: { at: 1, receipt: 'receipt of order x' },
        pay: { receipt: 'receipt of pay y', id: 'pay y' },
      },
    },
    {
      name: 'one that fails does not keep the next from running',
      operation: 'mutation { clear fails order(name: "after") { id } paid }',
      data: { clear: true, fails: null, order: { id: 'order after' }, paid: 'order after' },
      errors: [{ path: ['fails'], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'null for a non-null one leaves nothing of the data',
      operation: 'mutation { strict }',
      data: null,
      errors: [{ path: ['strict'], code: 'INTERNAL_SERVER_ERROR' }],
    },
    {
      name: 'one that is skipped does not run',
      operation:
        'mutation ($no: Boolean!) { clear order(name: "a") @skip(if: $no) { id } pay(name: "b") @include(if: $no) { id } paid }',
      variables: { no: true },
      data: { clear: true, pay: { id: 'pay b' }, paid: 'pay b' },
    },
    {
      name: 'in sequence, whatever fragments they come in',
      operation:
        'mutation { ... { clear order(name: "a") { id } } pay(name: "b") { id } ... { c: order(name: "c") { id } } paid }',
      data: {
        clear: true,
        order: { id: 'order a' },
        pay: { id: 'pay b' },
        c: { id: 'order c' },
        paid: 'order a, pay b, order c',
      },
      reference: {
        why: 'what is in equal fragments is planned as if it were in one',
        data: {
          clear: true,
          order: { id: 'order a' },
          pay: { id: 'pay b' },
          c: { id: 'order c' },
          paid: 'order a, order c, pay b',
        },
      },
    },
    {
      name: 'one that is selected twice is done once',
      operation:
        'mutation { clear order(name: "a") { id } pay(name: "b") { id } order(name: "a") { at } paid }',
      data: {
        clear: true,
        order: { id: 'order a', at: 1 },
        pay: { id: 'pay b' },
        paid: 'order a, pay b',
      },
    },
    ...[true, false].map((on) => ({
      name: `one that is selected twice, first under a condition that is ${on}`,
      operation:
        'mutation ($on: Boolean!) { clear order(name: "a") @include(if: $on) { id } pay(name: "b") { id } order(name: "a") { at } paid }',
      variables: { on },
      data: {
        clear: true,
        order: on ? { id: 'order a', at: 1 } : { at: 2 },
        pay: { id: 'pay b' },
        paid: on ? 'order a, pay b' : 'pay b, order a',
      },
      ...(on && {
        reference: {
          why: 'it is planned in both places, and done twice',
          data: {
            clear: true,
            order: { id: 'order a', at: 3 },
            pay: { id: 'pay b' },
            paid: 'order a, pay b, order a',
          },
        },
      }),
    })),
    ...[
      { a: true, b: true, order: { id: 'order a', at: 1 }, paid: 'order a, pay b', twice: true },
      { a: true, b: false, order: { at: 2 }, paid: 'pay b, order a', twice: false },
      { a: false, b: true, order: { at: 2 }, paid: 'pay b, order a', twice: false },
    ].map(({ a, b, order, paid, twice }) => ({
      name: `one that is selected twice, first under two conditions, ${a} and ${b}`,
      operation:
        'mutation ($a: Boolean!, $b: Boolean!) { clear ... @include(if: $a) { order(name: "a") @include(if: $b) { id } } pay(name: "b") { id } order(name: "a") { at } paid }',
      variables: { a, b },
      data: { clear: true, order, pay: { id: 'pay b' }, paid },
      ...(twice && {
        reference: {
          why: 'it is planned in both places, and done twice',
          data: {
            clear: true,
            order: { id: 'order a', at: 3 },
            pay: { id: 'pay b' },
            paid: 'order a, pay b, order a',
          },
        },
      }),
    })),
    {
      name: 'in sequence, where two stand under the same two conditions',
      operation:
        'mutation ($a: Boolean!, $b: Boolean!) { clear ... @include(if: $a) { order(name: "a") @include(if: $b) { id } } pay(name: "b") { id } ... @include(if: $a) { c: order(name: "c") @include(if: $b) { id } } paid }',
      variables: { a: true, b: true },
      data: {
        clear: true,
        order: { id: 'order a' },
        pay: { id: 'pay b' },
        c: { id: 'order c' },
        paid: 'order a, pay b, order c',
      },
      reference: {
        why: 'what is in equal fragments is planned as if it were in one',
        data: {
          clear: true,
          order: { id: 'order a' },
          pay: { id: 'pay b' },
          c: { id: 'order c' },
          paid: 'order a, order c, pay b',
        },
      },
    },
    { name: 'only __typename', operation: 'mutation { __typename }', data: { __typename: 'Mutation' } },
    {
      name: 'only __typename, in a fragment',
      operation: 'mutation { ... { kind: __typename } }',
      data: { kind: 'Mutation' },
    },
    {
      name: 'further mutations below a payload, some of them of another subgraph',
      operation: 'mutation { clear state { again { order(name: "a") { id } pay(name: "b") { id } } } paid }',
      data: {
        clear: true,
        state: { again: { order: { id: 'order a' }, pay: { id: 'pay b' } } },
        paid: 'order a, pay b',
      },
      reference: {
        why: 'the gateway asks no further mutation of another subgraph',
        data: { clear: true, state: { again: { order: { id: 'order a' }, pay: null } }, paid: 'order a' },
      },
    },
    {
      name: 'the Query of a subgraph that calls it otherwise',
      operation: 'mutation { clear order(name: "q") { id ask { __typename rate ledger } } }',
      data: {
        clear: true,
        order: { id: 'order q', ask: { __typename: 'Query', rate: 5, ledger: ['order q'] } },
      },
      reference: {
        why: 'the gateway compares the name of the type',
        data: { clear: true, order: { id: 'order q', ask: null } },
        errors: [{ path: ['order', 'ask'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
    {
      name: 'the whole Query below a payload',
      operation: 'mutation { clear order(name: "q") { id } state { query { ledger __typename } } }',
      data: {
        clear: true,
        order: { id: 'order q' },
        state: { query: { ledger: ['order q'], __typename: 'Query' } },
      },
    },
  ],
}
