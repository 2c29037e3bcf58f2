import { z } from 'zod'
import { ANONYMOUS } from '../../router/security/identity.ts'
import type { MintToken } from '../../router/security/internal-token.ts'
import { answered, dataOf, WrongAnswer } from '../shop/graphql.ts'
import type { Post } from '../shop/http.ts'
import { type LoadPage, wholePage } from './product-page.ts'

const MONEY = '{ amount currencyCode }'
const PRODUCT = `query($slug: String!) { product(slug: $slug) { id title description
  priceRange { min ${MONEY} max ${MONEY} } variants(first: 3) { edges { node { id sku title price ${MONEY} } } } } }`
const STOCK = `query($entities: [_Any!]!) { _entities(representations: $entities) {
  ... on ProductVariant { availability { status availableQuantity } } } }`
const OPINIONS = `query($entities: [_Any!]!) { _entities(representations: $entities) { ... on Product {
  rating { average count histogram } reviews(first: 3) { edges { node { id rating title body author { id displayName } } } } } } }`
const PURCHASES = `query($entities: [_Any!]!) { _entities(representations: $entities) { ... on Review { verifiedPurchase } } }`

const identified = z.looseObject({ id: z.string() })
const edges = <N extends z.ZodType>(node: N) => z.object({ edges: z.array(z.object({ node })) })
const product = z.object({ product: identified.extend({ variants: edges(identified) }) })
const stock = z.object({ _entities: z.array(z.object({ availability: z.unknown() })) })
const review = identified.extend({ author: z.object({ id: z.string(), displayName: z.string() }) })
const opinions = z.object({ _entities: z.tuple([z.object({ rating: z.unknown(), reviews: edges(review) })]) })
const purchases = z.object({ _entities: z.array(z.object({ verifiedPurchase: z.unknown() })) })

export type Straight = {
  readonly post: Post
  readonly subgraphs: ReadonlyMap<string, URL>
  /** Issues the router's tokens, which clients cannot: the subgraphs accept no others. */
  readonly mint: MintToken
  readonly slug: string
}

/**
 * The same page without the router, as a client would assemble it: first the product, then stock and reviews
 * concurrently, then the purchases of the reviewers. The authors' names come with the reviews. Four requests
 * in three steps.
 */
export function pageFromSubgraphs(straight: Straight): LoadPage {
  const askProducts = part(straight, 'products', PRODUCT, product)
  const askInventory = part(straight, 'inventory', STOCK, stock)
  const askReviews = part(straight, 'reviews', OPINIONS, opinions)
  const askOrders = part(straight, 'orders', PURCHASES, purchases)
  let isKnown = false
  return async () => {
    const { product: found } = await askProducts({ slug: straight.slug })
    const [stocked, opined] = await Promise.all([
      askInventory({ entities: variantsOf(found) }),
      askReviews({ entities: [{ __typename: 'Product', id: found.id }] }),
    ])
    const [about] = opined._entities
    const bought = await askOrders({ entities: reviewsOf(found.id, about) })
    if (isKnown) return null
    const whole = assemble(found, stocked, about, bought)
    isKnown = true
    return whole
  }
}

/** Queries one subgraph. The first response is parsed; later ones must be identical, as with the router. */
function part<S extends z.ZodType>(
  { post, subgraphs, mint }: Straight,
  name: string,
  query: string,
  shape: S,
) {
  const url = subgraphs.get(name)
  if (!url) throw new Error(`no address of ${name}`)
  let right: { readonly text: string; readonly value: z.output<S> } | null = null
  return async (variables: object): Promise<z.output<S>> => {
    const headers = { authorization: `Bearer ${mint(name, ANONYMOUS)}` }
    const text = await answered(post(url, JSON.stringify({ query, variables }), headers))
    if (right === null) right = { text, value: dataOf(text, shape) }
    if (text !== right.text)
      throw new WrongAnswer(`${name} returned another response than before: ${text.slice(0, 500)}`)
    return right.value
  }
}

type Found = z.output<typeof product>['product']
type About = z.output<typeof opinions>['_entities'][0]

function variantsOf({ variants }: Found) {
  return variants.edges.map(({ node }) => ({ __typename: 'ProductVariant', id: node.id }))
}

function reviewsOf(productId: string, { reviews }: About) {
  return reviews.edges.map(({ node: { id, author } }) => ({
    __typename: 'Review',
    id,
    author: { __typename: 'User', id: author.id },
    product: { __typename: 'Product', id: productId },
  }))
}

function assemble(
  { id: _, variants, ...found }: Found,
  { _entities: stocked }: z.output<typeof stock>,
  { rating, reviews }: About,
  { _entities: bought }: z.output<typeof purchases>,
) {
  return wholePage({
    product: {
      ...found,
      variants: {
        edges: variants.edges.map(({ node: { id: _, ...node } }, place) => ({
          node: { ...node, availability: stocked[place]?.availability },
        })),
      },
      rating,
      reviews: {
        edges: reviews.edges.map(({ node: { id: _, author, ...node } }, place) => ({
          node: {
            ...node,
            verifiedPurchase: bought[place]?.verifiedPurchase,
            author: { displayName: author.displayName },
          },
        })),
      },
    },
  })
}
