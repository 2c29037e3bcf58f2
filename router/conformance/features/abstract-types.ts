import type { Feature } from '../feature.ts'

const BOOK = { __typename: 'Book', id: 'b1', title: 'Yarn', pages: 120, author: { id: 'a1', name: 'Ada' } }
const FILM = { __typename: 'Film', id: 'f1', title: 'Wool', minutes: 90, author: { id: 'a2', name: 'Bo' } }
const NOTE = { __typename: 'Note', text: 'Soft' }

/** Interfaces and unions whose members are entities elsewhere, at several depths. */
export const abstractTypes: Feature = {
  name: 'abstract types',
  subgraphs: {
    shelf: {
      sdl: `
        type Query { items: [Item] media: [Media] nested: [[Item!]] shelf: Shelf best: Book }
        type Shelf { top: Item things: [Item!]! }
        union Item = Book | Film | Note
        interface Media { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String }
        type Film implements Media @key(fields: "id") { id: ID! title: String }
        type Note { text: String }`,
      query: {
        items: [BOOK, NOTE, null, FILM],
        media: [FILM, BOOK],
        nested: [[BOOK], [], null, [NOTE, FILM]],
        shelf: { top: FILM, things: [NOTE, BOOK] },
        best: BOOK,
      },
    },
    library: {
      sdl: `
        type Book @key(fields: "id") { id: ID! pages: Int author: Person }
        type Film @key(fields: "id") { id: ID! minutes: Int author: Person }
        type Person @key(fields: "id") { id: ID! }`,
      entities: { Book: [BOOK], Film: [FILM] },
    },
    people: {
      sdl: 'type Person @key(fields: "id") { id: ID! name: String }',
      entities: { Person: [BOOK.author, FILM.author] },
    },
  },
  whole: {
    query: {
      items: [BOOK, NOTE, null, FILM],
      media: [FILM, BOOK],
      nested: [[BOOK], [], null, [NOTE, FILM]],
      shelf: { top: FILM, things: [NOTE, BOOK] },
      best: BOOK,
    },
  },
  cases: [
    {
      name: 'fields of union members come from other subgraphs',
      operation:
        '{ items { __typename ... on Book { title pages } ... on Film { minutes } ... on Note { text } } }',
      data: {
        items: [
          { __typename: 'Book', title: 'Yarn', pages: 120 },
          { __typename: 'Note', text: 'Soft' },
          null,
          { __typename: 'Film', minutes: 90 },
        ],
      },
    },
    {
      name: 'members that no fragment names are empty objects',
      operation: '{ items { ... on Book { pages } } }',
      data: { items: [{ pages: 120 }, {}, null, {}] },
    },
    {
      name: 'an object that none of its fragments can be of is empty',
      operation: '{ best { ... on Item { ... on Film { minutes author { name } } } } }',
      data: { best: {} },
    },
    {
      name: 'an interface field and fields of its implementations',
      operation: '{ media { id ... on Book { pages } ... on Film { minutes } } }',
      data: {
        media: [
          { id: 'f1', minutes: 90 },
          { id: 'b1', pages: 120 },
        ],
      },
    },
    {
      name: 'one response name stands for different fields of different members',
      operation:
        '{ items { ... on Book { size: pages } ... on Film { size: minutes } ... on Note { text } } }',
      data: { items: [{ size: 120 }, { text: 'Soft' }, null, { size: 90 }] },
    },
    {
      name: 'lists of lists keep their shape',
      operation: '{ nested { __typename ... on Film { minutes } ... on Book { pages } } }',
      data: {
        nested: [
          [{ __typename: 'Book', pages: 120 }],
          [],
          null,
          [{ __typename: 'Note' }, { __typename: 'Film', minutes: 90 }],
        ],
      },
    },
    {
      name: 'a fetch behind a member of a union goes on to a third subgraph',
      operation:
        '{ shelf { top { ... on Film { author { name } } } things { ... on Book { author { id name } } } } }',
      data: {
        shelf: { top: { author: { name: 'Bo' } }, things: [{}, { author: { id: 'a1', name: 'Ada' } }] },
      },
    },
    {
      name: 'fragments inside fragments narrow step by step',
      operation: `
        query { items { ...M } }
        fragment M on Media { title ...B ... on Film { ... on Media { id } } }
        fragment B on Book { pages author { ...P } }
        fragment P on Person { name }`,
      data: {
        items: [
          { title: 'Yarn', pages: 120, author: { name: 'Ada' } },
          {},
          null,
          { title: 'Wool', id: 'f1' },
        ],
      },
    },
    {
      name: '__typename under aliases, at every level',
      operation:
        '{ kind: __typename media { a: __typename b: __typename ... on Book { author { c: __typename } } } }',
      data: {
        kind: 'Query',
        media: [
          { a: 'Film', b: 'Film' },
          { a: 'Book', b: 'Book', author: { c: 'Person' } },
        ],
      },
    },
  ],
}
