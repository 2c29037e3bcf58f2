import { GraphQLError } from 'graphql'
import { type Entity, type Graph, type SubgraphModel, wholeNumber } from './graph.ts'
import { type Member, type Product, type Review, type ShopData, shopData } from './shop-data.ts'

const MEMBERS = `
  extend type Query {
    members: [Member!]
    member(id: ID!): Member
  }
  type Member @key(fields: "id") {
    id: ID!
    name: String!
    handle: String!
    joined: Int!
    country: String
  }
`

const PRODUCTS = `
  extend type Query {
    catalogue(first: Int = 6): [Product!]
    product(id: ID!): Product
  }
  type Product @key(fields: "id") {
    id: ID!
    title: String!
    price: Int
    grams: Int
    colours: [String!]!
    stock: Stock
  }
  type Stock {
    available: Int!
    warehouse: String!
    restockDays: Int
  }
`

const REVIEWS = `
  extend type Query {
    latestReviews(first: Int = 5): [Review!]
  }
  type Review @key(fields: "id") {
    id: ID!
    stars: Int!
    text: String
    author: Member
    product: Product
  }
  extend type Member @key(fields: "id") {
    id: ID! @external
    reviews(first: Int = 3): [Review!]
  }
  extend type Product @key(fields: "id") {
    id: ID! @external
    rating: Float
    reviews(first: Int = 3): [Review!]
  }
`

const RANKING = `
  extend type Query {
    topProducts(first: Int = 5): [Product!]
  }
  extend type Product @key(fields: "id") {
    id: ID! @external
    price: Int @external
    grams: Int @external
    position: Int
    deliveryCost: Int @requires(fields: "price grams")
  }
`

/** The shop of scenarios 1 and 2: members, products with stock, reviews, top products. */
export function shop(): Graph {
  const data = shopData()
  const entities = wholeObjects(data)
  const all = (type: string) => [...(entities[type]?.values() ?? [])]
  const one = (type: string) => (args: Readonly<Record<string, unknown>>) =>
    entities[type]?.get(String(args.id))
  const first = (type: string, otherwise: number) => (args: Readonly<Record<string, unknown>>) =>
    all(type).slice(0, wholeNumber(args.first, otherwise))
  const subgraphs: SubgraphModel[] = [
    { name: 'members', sdl: MEMBERS, root: { members: () => all('Member'), member: one('Member') } },
    { name: 'products', sdl: PRODUCTS, root: { catalogue: first('Product', 6), product: one('Product') } },
    { name: 'reviews', sdl: REVIEWS, root: { latestReviews: first('Review', 5) } },
    { name: 'ranking', sdl: RANKING, root: { topProducts: first('Product', 5) } },
  ]
  return { subgraphs, entities }
}

function wholeObjects({ members, products, reviews }: ShopData): Record<string, Map<string, Entity>> {
  const byId = new Map<string, Entity>()
  const written = (where: (review: Review) => boolean) => {
    const ids = reviews.filter(where).map(({ id }) => id)
    return (args: { first?: unknown }) => ids.slice(0, wholeNumber(args.first, 3)).map((id) => byId.get(id))
  }
  const wholeMember = (member: Member): Entity =>
    named('Member', { ...member, reviews: written(({ authorId }) => authorId === member.id) })
  const wholeProduct = (product: Product): Entity => {
    const about = reviews.filter(({ productId }) => productId === product.id)
    const stars = about.reduce((sum, review) => sum + review.stars, 0)
    return named('Product', {
      ...product,
      rating: about.length === 0 ? null : Math.round((stars / about.length) * 10) / 10,
      reviews: written(({ productId }) => productId === product.id),
      deliveryCost,
    })
  }
  const wholeReview = ({ authorId, productId, ...review }: Review): Entity =>
    named('Review', { ...review, author: () => byId.get(authorId), product: () => byId.get(productId) })
  const mapped = (objects: readonly Entity[]) => {
    for (const object of objects) byId.set(object.id, object)
    return new Map(objects.map((object) => [object.id, object]))
  }
  return {
    Member: mapped(members.map(wholeMember)),
    Product: mapped(products.map(wholeProduct)),
    Review: mapped(reviews.map(wholeReview)),
  }
}

function named<T extends Entity>(typename: string, object: T): Entity {
  return { __typename: typename, ...object }
}

/**
 * Uses own properties only: in the subgraph those are price and grams from the representation, so that a
 * router that omits them gets a wrong answer.
 */
function deliveryCost(this: { price?: unknown; grams?: unknown }): number {
  if (!Object.hasOwn(this, 'price') || !Object.hasOwn(this, 'grams')) {
    throw new GraphQLError('deliveryCost needs price and grams, and the representation has not both')
  }
  return wholeNumber(this.price, 0) > 2_000 ? 0 : 100 + Math.ceil(wholeNumber(this.grams, 0) / 10)
}
