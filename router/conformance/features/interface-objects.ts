import type { Feature } from '../feature.ts'

const BOOK = { __typename: 'Book', id: 'b1', title: 'Yarn', pages: 7 }
const FILM = { __typename: 'Film', id: 'f1', title: 'Wool', minutes: 90 }
const STARS = { b1: 4, f1: 5 }

const NO_PLAN =
  'the planner finds no way from the object to the other interface, and fails an assertion of its own'

/** An interface with a key, which another subgraph extends as an object without knowing who implements it. */
export const interfaceObjects: Feature = {
  name: '@interfaceObject',
  subgraphs: {
    media: {
      sdl: `
        type Query { media: [Media!]! book: Book shelf: [Holder!]! }
        interface Media @key(fields: "id") { id: ID! title: String }
        interface Titled { id: ID! title: String }
        type Book implements Media & Titled @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media & Titled @key(fields: "id") { id: ID! title: String minutes: Int }
        type Holder { book: Book any: [Media] }`,
      query: { media: [BOOK, FILM], book: BOOK, shelf: [{ book: BOOK, any: [FILM, null] }] },
      entities: { Media: [BOOK, FILM], Book: [BOOK], Film: [FILM] },
    },
    reviews: {
      sdl: `
        type Query { reviews: [Review!]! best: Media }
        type Review { media: Media }
        type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int review: Review }`,
      query: {
        reviews: [{ media: { id: 'b1', stars: 4 } }, { media: { id: 'f1', stars: 5 } }],
        best: { id: 'f1', stars: 5 },
      },
      entities: {
        Media: Object.entries(STARS).map(([id, stars]) => ({ id, stars, review: { media: { id, stars } } })),
      },
    },
    lists: {
      sdl: `
        type Query { listed: Listed }
        type Listed { book: Book }
        type Book @key(fields: "id", resolvable: false) { id: ID! }`,
      query: { listed: { book: { id: 'b1' } } },
    },
  },
  cases: [
    {
      name: 'a field of the object, for each implementation',
      operation: '{ media { __typename id stars } }',
      data: {
        media: [
          { __typename: 'Book', id: 'b1', stars: 4 },
          { __typename: 'Film', id: 'f1', stars: 5 },
        ],
      },
    },
    {
      name: 'of an object whose type is known: it keeps its type',
      operation: '{ book { stars __typename pages } }',
      data: { book: { stars: 4, __typename: 'Book', pages: 7 } },
      reference: {
        why: 'the interface takes the place of the type that was known, and nothing fits it',
        data: { book: null },
      },
    },
    {
      name: 'of a type that the client does not ask for',
      operation: '{ shelf { book { stars } any { stars ... on Film { minutes } } } }',
      data: { shelf: [{ book: { stars: 4 }, any: [{ stars: 5, minutes: 90 }, null] }] },
    },
    {
      name: 'entered from the subgraph that knows no implementation: types come from the other',
      operation: '{ reviews { media { __typename id } } }',
      data: {
        reviews: [{ media: { __typename: 'Book', id: 'b1' } }, { media: { __typename: 'Film', id: 'f1' } }],
      },
    },
    {
      name: 'and so do fields of the interface and of its implementations',
      operation:
        '{ best { title ... on Film { minutes } ... on Book { pages } } reviews { media { ... on Book { pages } } } }',
      data: { best: { title: 'Wool', minutes: 90 }, reviews: [{ media: { pages: 7 } }, { media: {} }] },
    },
    {
      name: 'there and back',
      operation: '{ book { review { media { __typename title stars } } } }',
      data: { book: { review: { media: { __typename: 'Book', title: 'Yarn', stars: 4 } } } },
    },
    {
      name: 'of an entity that a third subgraph refers to',
      operation: '{ listed { book { stars __typename title } } }',
      data: { listed: { book: { stars: 4, __typename: 'Book', title: 'Yarn' } } },
      reference: {
        why: 'the interface takes the place of the type that was known, and nothing fits it',
        data: { listed: { book: null } },
      },
    },
    {
      name: 'a field of the object before fragments on the type, narrowed and widened again',
      operation: '{ media { ... on Book { stars ... on Media { ... on Book { pages } } } } }',
      data: { media: [{ stars: 4, pages: 7 }, {}] },
    },
    {
      name: 'a field of the object on several implementations, each by itself',
      operation: '{ reviews { media { ... on Book { stars } ... on Film { stars } } } }',
      data: { reviews: [{ media: { stars: 4 } }, { media: { stars: 5 } }] },
    },
    {
      name: 'narrowed, and widened under a condition',
      operation: 'query ($no: Boolean!) { best { ... on Film { ... on Media @skip(if: $no) { id } } } }',
      variables: { no: false },
      data: { best: { id: 'f1' } },
    },
    {
      name: 'fragments that contradict each other',
      operation:
        'query ($on: Boolean!) { best { ... on Film { id ... on Media @include(if: $on) { ... on Book { id } } } } }',
      variables: { on: true },
      data: { best: { id: 'f1' } },
    },
    {
      name: 'by another interface of the same types',
      operation: '{ best { ... on Titled { title ... on Media { stars } } } }',
      data: { best: { title: 'Wool', stars: 5 } },
      reference: { why: NO_PLAN, data: undefined, errors: [{ code: 'INTERNAL_SERVER_ERROR' }] },
    },
  ],
}
