import type { Feature } from '../feature.ts'

/** `@skip` and `@include`, on fields and fragments, by literals and variables, here and behind a fetch. */
export const conditions: Feature = {
  name: '@skip and @include',
  subgraphs: {
    catalogue: {
      sdl: `
        type Query { product: Product products: [Product!] }
        type Product @key(fields: "id") { id: ID! name: String }`,
      query: { product: { id: 'p1', name: 'Alpine' }, products: [{ id: 'p1', name: 'Alpine' }] },
    },
    reviews: {
      sdl: 'type Product @key(fields: "id") { id: ID! stars: Int text: String }',
      entities: { Product: [{ id: 'p1', stars: 4, text: 'Soft' }] },
    },
  },
  whole: {
    query: {
      product: { id: 'p1', name: 'Alpine', stars: 4, text: 'Soft' },
      products: [{ id: 'p1', name: 'Alpine', stars: 4, text: 'Soft' }],
    },
  },
  cases: [
    {
      name: 'a field behind a fetch, by a variable that is true',
      operation: 'query ($on: Boolean!) { product { name stars @include(if: $on) text @skip(if: $on) } }',
      variables: { on: true },
      data: { product: { name: 'Alpine', stars: 4 } },
    },
    {
      name: 'by a variable that is false',
      operation: 'query ($on: Boolean!) { product { name stars @include(if: $on) text @skip(if: $on) } }',
      variables: { on: false },
      data: { product: { name: 'Alpine', text: 'Soft' } },
    },
    {
      name: 'by a default',
      operation: 'query ($on: Boolean! = false) { product { stars @include(if: $on) text } }',
      data: { product: { text: 'Soft' } },
    },
    {
      name: 'both on one field: it must pass both',
      operation: `query ($yes: Boolean!, $no: Boolean!) {
        product { a: stars @skip(if: $no) @include(if: $yes) b: stars @skip(if: $yes) @include(if: $yes) c: text @skip(if: $no) @include(if: $no) }
      }`,
      variables: { yes: true, no: false },
      data: { product: { a: 4 } },
    },
    {
      name: 'literals leave out at once',
      operation: '{ product { name @include(if: true) stars @skip(if: true) text @include(if: false) } }',
      data: { product: { name: 'Alpine' } },
    },
    {
      name: 'fragments, nested, with conditions of their own',
      operation: `
        query ($a: Boolean!, $b: Boolean!) { products { id ...F @include(if: $a) ... @skip(if: $b) { text } } }
        fragment F on Product { name ... on Product @include(if: $b) { stars } }`,
      variables: { a: true, b: true },
      data: { products: [{ id: 'p1', name: 'Alpine', stars: 4 }] },
    },
    {
      name: 'root fields under conditions, in fragments under conditions of the same kind',
      operation: `
        query ($a: Boolean!, $b: Boolean!) {
          ... @include(if: $a) { one: product @include(if: $b) { name } two: product @skip(if: $b) { name } }
          ... @skip(if: $b) { three: product @skip(if: $a) { name } four: product @include(if: $a) { name } }
        }`,
      variables: { a: true, b: false },
      data: { two: { name: 'Alpine' }, four: { name: 'Alpine' } },
    },
    {
      name: 'one field selected twice, once under a condition that fails, is there',
      operation: 'query ($no: Boolean!) { product { stars @include(if: $no) stars text @include(if: $no) } }',
      variables: { no: false },
      data: { product: { stars: 4 } },
    },
    {
      name: 'all of it left out',
      operation:
        'query ($no: Boolean!) { product @include(if: $no) { stars } products @skip(if: true) { id } }',
      variables: { no: false },
      data: {},
    },
    {
      name: 'all below an object left out: the object is there, empty',
      operation: 'query ($no: Boolean!) { product { stars @include(if: $no) } }',
      variables: { no: false },
      data: { product: {} },
    },
  ],
}
