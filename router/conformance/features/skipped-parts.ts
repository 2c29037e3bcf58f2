import type { Feature } from '../feature.ts'

const NEVER = 'this must not be resolved'

/** Fields that `@skip` and `@include` leave out cost no resolver, no request and no `@requires` input. */
export const skippedParts: Feature = {
  name: 'parts that are left out',
  subgraphs: {
    accounts: {
      sdl: `
        type Query { account(id: ID!): Account catalogue: Catalogue media: Media list: [Media] }
        union Account = User | Bot
        type User @key(fields: "id") { id: ID! mail: String }
        type Bot { id: ID! }
        type Catalogue { find(text: String!): [Hit] }
        union Hit = Item | Bot
        type Item { id: ID! tag: String }
        interface Media @key(fields: "id") { id: ID! }
        type Book implements Media @key(fields: "id") { id: ID! }`,
      query: {
        catalogue: {},
        media: { __typename: 'Book', id: '1' },
        list: [{ __typename: 'Book', id: '1' }],
      },
      entities: { Media: [{ __typename: 'Book', id: '1' }], Book: [{ id: '1' }] },
      resolvers: {
        Query: { account: () => ({ __typename: 'User', id: '1', mail: 'm' }) },
        Catalogue: {
          find: (_, { text }) => {
            if (text === NEVER) throw new Error(NEVER)
            return [{ __typename: 'Item', id: 'i', tag: text }]
          },
        },
      },
    },
    bills: {
      sdl: 'type User @key(fields: "id") { id: ID! bills: [Int] }',
      entities: { User: [{ id: '1', bills: [1, 2] }] },
    },
    weights: {
      sdl: `
        type Query { heaviest: Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! weight: Int width: Int }`,
      query: { heaviest: { id: '1', weight: 9, width: 2 } },
      entities: { Media: [{ id: '1', weight: 9, width: 2 }] },
    },
    ads: {
      sdl: 'type Query { ads: [Ad] } type Ad @key(fields: "id") { id: ID! }',
      query: { ads: [{ id: '1' }] },
    },
    sizes: {
      sdl: `
        type Ad @key(fields: "id") { id: ID! pet: Pet w: Int h: Int }
        interface Pet { n: Int }
        type Dog implements Pet { n: Int t: Int }`,
      entities: { Ad: [{ id: '1', w: 5, h: 6, pet: { __typename: 'Dog', n: 1, t: 2 } }] },
    },
    geometry: {
      sdl: `
        type Ad @key(fields: "id") {
          id: ID!
          w: Int @external
          h: Int @external
          pet: Pet @external
          wide: String @requires(fields: "w")
          high: String @requires(fields: "h")
          furry: String @requires(fields: "pet { ... on Dog { t } }")
        }
        interface Pet { n: Int }
        type Dog implements Pet { n: Int @external t: Int @external }`,
      resolvers: {
        Ad: {
          wide: ({ w }) => `wide ${w}`,
          high: ({ h }) => `high ${h}`,
          // The representation carries what was required.
          furry: ({ pet }) => `furry ${(pet as { readonly t: number } | undefined)?.t}`,
        },
      },
    },
  },
  cases: [
    {
      name: 'below a field that stays, beside an interface object',
      operation: `query ($w: Boolean!, $t: String!) {
        account(id: "1") @include(if: $w) { ... on User { id mail bills } }
        listed: catalogue { find(text: $t) @include(if: $w) { ... on Item { id tag } } }
        media { weight }
      }`,
      variables: { w: false, t: NEVER },
      data: { listed: {}, media: { weight: 9 } },
      calls: { accounts: 1, weights: 1 },
    },
    {
      name: 'the same with all its parts',
      operation: `query ($w: Boolean!, $t: String!) {
        account(id: "1") @include(if: $w) { ... on User { id mail bills } }
        listed: catalogue { find(text: $t) @include(if: $w) { ... on Item { id tag } } }
        media { weight }
      }`,
      variables: { w: true, t: 'q' },
      data: {
        account: { id: '1', mail: 'm', bills: [1, 2] },
        listed: { find: [{ id: 'i', tag: 'q' }] },
        media: { weight: 9 },
      },
      calls: { accounts: 1, bills: 1, weights: 1 },
    },
    {
      name: 'all that an interface object is asked for: it is not asked',
      operation:
        'query ($a: Boolean!, $b: Boolean!) { list { id weight @include(if: $a) width @include(if: $b) } }',
      variables: { a: false, b: false },
      data: { list: [{ id: '1' }] },
      calls: { accounts: 1 },
    },
    {
      name: 'one of what an interface object is asked for',
      operation:
        'query ($a: Boolean!, $b: Boolean!) { list { id weight @include(if: $a) width @include(if: $b) } }',
      variables: { a: false, b: true },
      data: { list: [{ id: '1', width: 2 }] },
      calls: { accounts: 1, weights: 1 },
    },
    {
      name: 'all fields of an object whose type its subgraph does not know: nobody is asked for the type',
      operation: 'query ($a: Boolean!) { heaviest { weight @include(if: $a) } }',
      variables: { a: false },
      data: { heaviest: {} },
      calls: { weights: 1 },
    },
    {
      name: 'none of them: nobody is asked for the type either',
      operation: 'query ($a: Boolean!) { heaviest { weight @include(if: $a) } }',
      variables: { a: true },
      data: { heaviest: { weight: 9 } },
      calls: { weights: 1 },
    },
    {
      name: 'all but the type, which another subgraph knows',
      operation: 'query ($a: Boolean!) { heaviest { weight @include(if: $a) __typename } }',
      variables: { a: false },
      data: { heaviest: { __typename: 'Book' } },
      calls: { weights: 1, accounts: 1 },
    },
    {
      name: 'a field that requires something, beside one that requires something else',
      operation: 'query ($x: Boolean!) { ads { wide @include(if: $x) high } }',
      variables: { x: false },
      data: { ads: [{ high: 'high 6' }] },
      reference: {
        why: 'what the skipped field requires is not there, and nothing is asked for the other',
        data: { ads: [{ high: null }] },
      },
      calls: { ads: 1, sizes: 1, geometry: 1 },
    },
    {
      name: 'both of them: one request for each subgraph',
      operation: 'query ($x: Boolean!) { ads { wide @include(if: $x) high } }',
      variables: { x: true },
      data: { ads: [{ wide: 'wide 5', high: 'high 6' }] },
      calls: { ads: 1, sizes: 1, geometry: 1 },
    },
    {
      name: 'one that requires something of a type, beside another field of the object that this is taken of',
      operation: 'query ($x: Boolean!) { ads { furry @include(if: $x) high pet { n } } }',
      variables: { x: false },
      data: { ads: [{ high: 'high 6', pet: { n: 1 } }] },
      calls: { ads: 1, sizes: 1, geometry: 1 },
    },
    {
      name: 'the other field in its place',
      operation:
        'query ($x: Boolean!) { ads { furry @include(if: $x) high ... on Ad @skip(if: $x) { pet { n } } } }',
      variables: { x: true },
      data: { ads: [{ furry: 'furry 2', high: 'high 6' }] },
      calls: { ads: 1, sizes: 1, geometry: 1 },
    },
  ],
}
