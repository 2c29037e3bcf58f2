import { expect, test } from 'vitest'
import { withoutMistakenProvides } from './hive-provides.ts'

const PRODUCT = 'type Product { id: ID name: String weight: Int maker: Maker } type Maker { name: String }'

test.each([
  [
    'of one type',
    'type Query { a: Product @P(graph: A, provides: "name") b: Product @P(graph: A, provides: "weight") }',
  ],
  [
    'of two subgraphs',
    'type X { a: Product @P(graph: A, provides: "name") } type Y { a: Product @P(graph: B, provides: "id") }',
  ],
  [
    'of two types',
    'type X { a: Product @P(graph: A, provides: "name") } type Y { b: Maker @P(graph: A, provides: "name") }',
  ],
  [
    'that are the same',
    'type X { a: Product @P(graph: A, provides: "id") } type Y { b: [Product!] @P(graph: A, provides: "id") }',
  ],
])('provisions %s are told apart', (_, text) => {
  const sdl = `${text.replaceAll('@P', '@join__field')} ${PRODUCT}`
  expect(withoutMistakenProvides(sdl)).toBe(sdl)
})

test.each([
  [
    'of one type by two',
    'a: Product @P(graph: A, provides: "name")',
    'b: [Product] @P(graph: A, provides: "weight")',
  ],
  ['below', 'a: Product @P(graph: A, provides: "maker { name }")', 'b: Maker @P(graph: A, provides: "land")'],
  [
    'of a member',
    'a: Product @P(graph: A, provides: "name")',
    'b: Any @P(graph: A, provides: "... on Product { id }")',
  ],
  ['of all members', 'a: Product @P(graph: A, provides: "name")', 'b: Named @P(graph: A, provides: "id")'],
])('of provisions %s only the first is kept', (_, first, second) => {
  const sdlOf = (last: string) =>
    `type X { ${first} } interface Y { ${last} } ${PRODUCT} union Any = Maker | Product
     interface Named { id: ID } type Sock implements Named { id: ID }`
      .replaceAll('@P', '@join__field')
      .replace('type Product {', 'type Product implements Named {')
  const without = second.replace(/provides: ".*"/, '')
  expect(withoutMistakenProvides(sdlOf(second))).toBe(sdlOf(without))
})
