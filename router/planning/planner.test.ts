import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { normalForm } from '../operation/normalize/normalize.ts'
import { selectOperation } from '../operation/operation.ts'
import { dataKeys } from '../operation/response-keys.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { textsOfSteps } from '../testing/plan-of.ts'
import { composed } from '../testing/router.ts'
import { TooLarge } from './direct/unplannable.ts'
import type { RequiredSelection } from './plan.ts'
import { newPlanner, type OperationPlan } from './planner.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@requires", "@external", "@provides", "@shareable", "@override", "@interfaceObject"])`

const SUBGRAPHS = {
  catalogue: `
    type Query {
      products(first: Int): [Product!]
      product(id: ID!): Product
      media: [Medium]
      shelf: Shelf
      rows: [[Product]]
      things: [Thing]
      packs: [Pack]
      jar: Jar
      size: Size @shareable
    }
    type Mutation { rename(id: ID!, name: String!): Product }
    type Product @key(fields: "id") @key(fields: "sku") {
      id: ID! sku: String! name: String weight: Int @shareable old: Int maker: Maker gift: Gift stars: Int @external
    }
    type Maker @key(fields: "id") { id: ID! country: String }
    interface Medium { id: ID! title: String }
    type Book implements Medium @key(fields: "id") { id: ID! title: String }
    type Film implements Medium @key(fields: "id") { id: ID! title: String @external }
    union Thing = Disc | Tape
    type Disc @key(fields: "id") { id: ID! }
    type Tape @key(fields: "id") { id: Int! }
    union Pack = Bag | Tin
    type Bag @key(fields: "id") { id: ID! }
    union Jar = Glass | Clay
    type Glass @key(fields: "id") { id: ID! weight: Int }
    type Clay @key(fields: "id") { id: ID! }
    type Tin @key(fields: "code") { code: ID! }
    union Gift = Card | Bow
    type Card @key(fields: "id") { id: ID! ink: Int }
    type Bow @key(fields: "id") { id: ID! }
    type Shelf { top: Product @provides(fields: "stars") }
    type Size { width: Int @shareable unit: String }`,
  reviews: `
    type Query { latest: Review size: Size @shareable }
    type Review { text(short: Boolean): String product: Product }
    type Product @key(fields: "id") { id: ID! stars: Int @shareable reviews(first: Int): [Review!] }
    type Book @key(fields: "id") { id: ID! score: Int }
    type Film @key(fields: "id") { id: ID! score: Float title: String }
    type Disc @key(fields: "id") { id: ID! score: Int }
    type Tape @key(fields: "id") { id: Int! score: Int }
    interface Rated { score: Int }
    type Glass @key(fields: "id") { id: ID! }
    type Clay @key(fields: "id") { id: ID! weight: Int }
    type Bag implements Rated @key(fields: "id") { id: ID! score: Int }
    type Tin implements Rated @key(fields: "code") { code: ID! score: Int }
    type Card implements Rated @key(fields: "id") { id: ID! score: Int }
    type Bow implements Rated @key(fields: "id") { id: ID! score: Int }
    type Size { width: Int @shareable depth: Int }`,
  shipping: `
    type Product @key(fields: "id") {
      id: ID!
      weight: Int @external
      maker: Maker @external
      fee: Int @requires(fields: "weight")
      surcharge: Int @requires(fields: "weight")
      duty: Int @requires(fields: "maker { country }")
      box: String
      gift: Gift @external
      wrap: Int @requires(fields: "gift { ... on Card { ink } }")
      old: Int @override(from: "catalogue", label: "percent(10)")
    }
    interface Sent { fee: Int }
    type Glass implements Sent @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }
    type Clay implements Sent @key(fields: "id") { id: ID! weight: Int @external fee: Int @requires(fields: "weight") }
    union Gift = Card | Bow
    type Card @key(fields: "id") { id: ID! ink: Int @external }
    type Bow @key(fields: "id") { id: ID! }
    type Maker @key(fields: "id") { id: ID! country: String @external }`,
  stock: 'type Product @key(fields: "sku") { sku: String! available: Int weight: Int @shareable }',
}

const sources = Object.entries(SUBGRAPHS).map(([name, sdl]) => ({
  ...{ name, url: `http://${name}.test`, file: name },
  sdl: `${LINK} ${sdl}`,
}))
const { supergraphSchema, clientSchema, ...supergraph } = buildSupergraph(composed(sources))
const planner = newPlanner(supergraphSchema)

function planOf(text: string, labels: readonly string[] = []): OperationPlan {
  const operation = selectOperation(parse(text), undefined, { ...supergraph, clientSchema, supergraphSchema })
  const normal = normalForm(operation, clientSchema, dataKeys(clientSchema))
  if (!normal) throw new Error('there is something to fetch')
  return planner.plan(normal, { labels })
}

const typeOf = (selection: RequiredSelection) => (selection.kind === 'fragment' ? selection.type : null)

const NO_CONDITIONS = new Map<string, boolean>()

test.each([
  {
    name: 'what one subgraph resolves',
    operation: '{ products(first: 2) { name maker { country } } }',
    requests: ['catalogue after none {_products_0:products(first:2){name maker{country}}}'],
  },
  {
    name: 'the rest of an entity, by the key that the other takes',
    operation: '{ products { name available stars } }',
    requests: [
      'catalogue after none {_products_0:products{__typename name sku id}}',
      'stock _products_0.@ after 1 q(){{...on Product{available}}}',
      'reviews _products_0.@ after 1 q(){{...on Product{stars}}}',
    ],
  },
  {
    name: 'a field of several types, of each type by its own key',
    operation: '{ packs { ... on Rated { score } } }',
    requests: [
      'catalogue after none {packs{__typename ...on Bag{__typename id} ...on Tin{__typename code}}}',
      'reviews packs.@.|Bag after 1 q(){{...on Bag{score}}}',
      'reviews packs.@.|Tin after 1 q(){{...on Tin{score}}}',
    ],
  },
  {
    name: 'a field of several types, of each type after what it requires',
    operation: '{ jar { ... on Sent { fee } } }',
    requests: [
      'catalogue after none {jar{__typename ...on Glass{__typename id weight} ...on Clay{__typename id}}}',
      'shipping jar.|Glass after 1 q(){{...on Glass{fee}}}',
      'reviews jar.|Clay after 1 q(){{...on Clay{weight}}}',
      'shipping jar.|Clay after 1 3 q(){{...on Clay{fee}}}',
    ],
  },
  {
    name: 'the rest of entities in lists of lists',
    operation: '{ rows { available } }',
    requests: [
      'catalogue after none {rows{__typename sku}}',
      'stock rows.@.@ after 1 q(){{...on Product{available}}}',
    ],
  },
  {
    name: 'by way of a third subgraph, where no key of the other is at hand',
    operation: '{ latest { product { available } } }',
    requests: [
      'reviews after none {latest{_product_0:product{__typename id}}}',
      'catalogue latest._product_0 after 1 q(){{...on Product{__typename sku}}}',
      'stock latest._product_0 after 2 q(){{...on Product{available}}}',
    ],
  },
  {
    name: 'what a field requires before it, beside what requires nothing',
    operation: '{ latest { product { fee box } } }',
    requests: [
      'reviews after none {latest{_product_0:product{__typename id}}}',
      'catalogue latest._product_0 after 1 q(){{...on Product{weight}}}',
      'shipping latest._product_0 after 1 2 q(){{...on Product{fee}}}',
      'shipping latest._product_0 after 1 q(){{...on Product{box}}}',
    ],
  },
  {
    name: 'fields with one requirement by one request',
    operation: '{ latest { product { fee surcharge } } }',
    requests: [
      'reviews after none {latest{_product_0:product{__typename id}}}',
      'catalogue latest._product_0 after 1 q(){{...on Product{weight}}}',
      'shipping latest._product_0 after 1 2 q(){{...on Product{fee surcharge}}}',
    ],
  },
  {
    name: 'what a field requires of an object below',
    operation: '{ product(id: "p") { duty } }',
    requests: [
      'catalogue after none {_product_0:product(id:"p"){__typename id maker{country}}}',
      'shipping _product_0 after 1 q(){{...on Product{duty}}}',
    ],
  },
  {
    name: 'what a field requires of an object by the request that the client’s fields of it need',
    operation: '{ latest { product { maker { id } duty } } }',
    requests: [
      'reviews after none {latest{_product_0:product{__typename id}}}',
      'catalogue latest._product_0 after 1 q(){{...on Product{maker{id country}}}}',
      'shipping latest._product_0 after 1 2 q(){{...on Product{duty}}}',
    ],
  },
  {
    name: 'what is provided on this way and not on others',
    operation: '{ shelf { top { stars } } product(id: 1) { stars } }',
    requests: [
      'catalogue after none {shelf{top{stars}} _product_0:product(id:1){__typename id}}',
      'reviews _product_0 after 1 q(){{...on Product{stars}}}',
    ],
  },
  {
    name: 'a field of an interface, for those that the subgraph does not resolve it for elsewhere',
    operation: '{ media { id title } }',
    requests: [
      'catalogue after none {media{__typename id ...on Book{title} ...on Film{__typename id}}}',
      'reviews media.@.|Film after 1 q(){{...on Film{title}}}',
    ],
  },
  {
    name: 'fragments on types and on interfaces',
    operation: '{ media { ... on Medium { id } ... on Book { score } } }',
    requests: [
      'catalogue after none {media{__typename id ...on Book{__typename id}}}',
      'reviews media.@.|Book after 1 q(){{...on Book{score}}}',
    ],
  },
  {
    name: 'what a field requires of one of two types that are otherwise fetched alike',
    operation: '{ product(id: 1) { wrap gift { ... on Rated { score } } } }',
    requests: [
      'catalogue after none {_product_0:product(id:1){__typename gift{__typename ...on Card{__typename id} ...on Bow{__typename id} ...on Card{ink}} id}}',
      'reviews _product_0.gift.|Card|Bow after 1 q(){{...on Card{score} ...on Bow{score}}}',
      'shipping _product_0 after 1 q(){{...on Product{wrap}}}',
    ],
  },
  {
    name: 'what several resolve as a whole by one that is asked anyway',
    operation: '{ latest { text } size { width } }',
    requests: ['reviews after none {latest{_text_0:text} size{width}}'],
  },
  {
    name: 'variables where they are used',
    operation:
      'query ($id: ID!, $n: Int = 3, $short: Boolean) { product(id: $id) { reviews(first: $n) { text(short: $short) } } }',
    requests: [
      'catalogue after none query($id:ID!){_product_0:product(id:$id){__typename id}}',
      'reviews _product_0 after 1 q(,$n:Int=3,$short:Boolean){{...on Product{_reviews_0:reviews(first:$n){_text_0:text(short:$short)}}}}',
    ],
  },
  {
    name: 'variables of the client that have the names of the representations',
    operation:
      'query ($representations: Int, $_representations: Boolean) { product(id: 1) { reviews(first: $representations) { text(short: $_representations) } } }',
    requests: [
      'catalogue after none {_product_0:product(id:1){__typename id}}',
      'reviews _product_0 after 1 query($__representations:[_Any!]!,$representations:Int,$_representations:Boolean){{...on Product{_reviews_0:reviews(first:$representations){_text_0:text(short:$_representations)}}}}',
    ],
  },
  {
    name: 'a mutation and what its object has elsewhere',
    operation: 'mutation { rename(id: 1, name: "n") { name box } }',
    requests: [
      'catalogue after none mutation{_rename_0:rename(id:1,name:"n"){__typename name id}}',
      'shipping _rename_0 after 1 q(){{...on Product{box}}}',
    ],
  },
  {
    name: 'an object that no subgraph resolves completely by several, at once',
    operation: '{ size { depth unit } }',
    requests: ['catalogue after none {size{unit}}', 'reviews after none {size{depth}}'],
  },
  {
    name: 'mutations one after the other, neighbours of one subgraph together',
    operation:
      'mutation { a: rename(id: 1, name: "n") { id } b: rename(id: 2, name: "n") { box } c: rename(id: 3, name: "n") { id } }',
    requests: [
      'catalogue after none mutation{_rename_0:rename(id:1,name:"n"){id} _rename_1:rename(id:2,name:"n"){__typename id}}',
      'shipping _rename_1 after 1 q(){{...on Product{box}}}',
      'catalogue after 2 mutation{_rename_2:rename(id:3,name:"n"){id}}',
    ],
  },
  {
    name: 'keys of different shapes by names of their own',
    operation: '{ things { ... on Disc { score } ... on Tape { score } } }',
    requests: [
      'catalogue after none {things{__typename ...on Disc{__typename id} ...on Tape{__typename _id_s1:id}}}',
      'reviews things.@.|Disc after 1 q(){{...on Disc{score}}}',
      'reviews things.@.|Tape after 1 q(){{...on Tape{score}}}',
    ],
  },
  {
    name: 'directives that subgraphs know with their fields',
    operation:
      'query ($n: Int) { products @note(n: $n) { name ... on Product @note { sku @note(n: 1) @include(if: true) } } }',
    requests: [
      'catalogue after none query($n:Int){_products_0:products@note(n:$n){name _sku_0:sku@note(n:1)}}',
    ],
  },
  {
    name: 'the same of an object that is selected in many places once',
    operation: `{ media { ${'... on Book { __typename } '.repeat(1_100)} } }`,
    requests: ['catalogue after none {media{__typename ...on Book{__typename}}}'],
  },
])('plans $name', ({ operation, requests }) => {
  expect(textsOfSteps(planOf(operation)(NO_CONDITIONS))).toEqual(requests)
})

test('a representation is of the types that its request is for', () => {
  const text =
    '{ products { gift { ... on Card { score } } } product(id: 1) { gift { ... on Rated { score } } } }'
  const types = planOf(text)(NO_CONDITIONS).map(({ fetch }) =>
    fetch.kind === 'root' ? [] : fetch.lanes.flatMap(({ requires }) => requires.map(typeOf)),
  )
  expect(types).toEqual([[], ['Card'], ['Card', 'Bow']])
})

test('labelled overrides are decided before', () => {
  const text = '{ product(id: 1) { old } }'
  expect(textsOfSteps(planOf(text)(NO_CONDITIONS))).toEqual([
    'catalogue after none {_product_0:product(id:1){old}}',
  ])
  expect(textsOfSteps(planOf(text, ['percent(10)'])(NO_CONDITIONS))).toEqual([
    'catalogue after none {_product_0:product(id:1){__typename id}}',
    'shipping _product_0 after 1 q(){{...on Product{old}}}',
  ])
})

test('an operation has 20,000 fields at most', () => {
  const repeated = (count: number, field: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => field(index)).join(' ')
  const names = (count: number) => repeated(count, (index) => `a${index}: name`)
  const products = repeated(99, (index) => `b${index}: product(id: ${index}) { ${names(199)} }`)
  const plan = planOf(`{ ${products} last: product(id: 99) { ${names(199)} } }`)
  expect(textsOfSteps(plan(NO_CONDITIONS))).toHaveLength(1)
  expect(() => planOf(`{ ${products} last: product(id: 99) { ${names(200)} } }`)).toThrow(TooLarge)
})

describe('an interface of many types within itself', () => {
  const names = Array.from({ length: 20 }, (_, index) => `T${index}`)
  /** @property fields the fields of a type. @property others those in the other subgraph. */
  const graphOf = (fields: (name: string) => string, others: (name: string) => string) => {
    const types = names.map((name) => `type ${name} implements I @key(fields: "id") { ${fields(name)} }`)
    const sdls = {
      one: `type Query { i: I } interface I { id: ID! child: I part: Part } ${types.join(' ')} type Part @shareable { a: Int }`,
      two: `${names.map((name) => `type ${name} @key(fields: "id") { id: ID! ${others(name)} }`).join(' ')} interface I { id: ID! } type Part @shareable { a: Int b: Int }`,
    }
    const made = buildSupergraph(
      composed(
        Object.entries(sdls).map(([name, sdl]) => ({
          ...{ name, url: `http://${name}.test`, file: name },
          sdl: `${LINK} ${sdl}`,
        })),
      ),
    )
    const planning = newPlanner(made.supergraphSchema)
    return (depth: number, leaf: string) => {
      const text = `{ i ${'{ child '.repeat(depth)}{ ${leaf} }${' }'.repeat(depth)} }`
      const normal = normalForm(
        selectOperation(parse(text), undefined, made),
        made.clientSchema,
        dataKeys(made.clientSchema),
      )
      if (!normal) throw new Error('there is something to fetch')
      return planning.plan(normal, { labels: [] })(NO_CONDITIONS)
    }
  }

  test('distinguishes its types where a part of an object needs it, not around it', () => {
    const plan = graphOf(
      () => 'id: ID! child: I part: Part @shareable',
      () => 'part: Part @shareable',
    )
    const [first] = textsOfSteps(plan(6, 'part { b }'))
    expect(first?.split('...on T7{')).toHaveLength(2)
  })

  test('is refused where fragments on its types, within each other, make a request too long', () => {
    const isElsewhere = (name: string) => name === 'T0'
    const plan = graphOf(
      (name) => `id: ID! part: Part @shareable child: I ${isElsewhere(name) ? '@external' : ''}`,
      (name) => `part: Part @shareable ${isElsewhere(name) ? 'child: I' : ''}`,
    )
    const [taken] = plan(4, 'id')
    expect(taken?.fetch.operation.length).toBeGreaterThan(1_000_000)
    expect(taken?.fetch.operation.length).toBeLessThan(4_000_000)
    expect(() => plan(5, 'id')).toThrow(TooLarge)
  })
})

test('what a condition leaves out is not asked for, nor what it needs', () => {
  const plan = planOf(
    'query ($a: Boolean!) { products { name available @include(if: $a) stars @skip(if: $a) } }',
  )
  expect(textsOfSteps(plan(new Map([['a', true]])))).toEqual([
    'catalogue after none {_products_0:products{__typename name sku}}',
    'stock _products_0.@ after 1 q(){{...on Product{available}}}',
  ])
  expect(textsOfSteps(plan(new Map([['a', false]])))).toEqual([
    'catalogue after none {_products_0:products{__typename name id}}',
    'reviews _products_0.@ after 1 q(){{...on Product{stars}}}',
  ])
})
