import { z } from 'zod'
import { type Ask, unchanging } from '../shop/graphql.ts'
import type { Post } from '../shop/http.ts'

/** A list page of the catalogue: 20 products with all their variants, each with price and stock. */
export const CATALOGUE = `query Catalogue($after: String) {
  products(first: 20, after: $after) {
    edges { node {
      slug
      title
      variants(first: 20) {
        edges { node { id sku title price { amount currencyCode } availability { status availableQuantity } } }
      }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`

const variant = z.strictObject({
  id: z.string(),
  sku: z.string(),
  title: z.string(),
  price: z.strictObject({ amount: z.string(), currencyCode: z.literal('USD') }),
  availability: z.strictObject({ status: z.string(), availableQuantity: z.int() }),
})

const page = z.strictObject({
  products: z.strictObject({
    edges: z
      .array(
        z.strictObject({
          node: z.strictObject({
            slug: z.string(),
            title: z.string(),
            variants: z.strictObject({ edges: z.array(z.strictObject({ node: variant })).min(1) }),
          }),
        }),
      )
      .length(20),
    pageInfo: z.strictObject({ hasNextPage: z.boolean(), endCursor: z.string() }),
  }),
})

type CataloguePage = z.output<typeof page>

/**
 * Loads one page of the catalogue, which must be complete and never change. @param after null: the first page
 */
export function cataloguePage(
  post: Post,
  url: URL,
  after: string | null,
): () => Promise<CataloguePage | null> {
  return unchanging(post, url, JSON.stringify({ query: CATALOGUE, variables: { after } }), page)
}

export type Catalogue = {
  /** The cursor of each page. */
  readonly cursors: readonly (string | null)[]
  /** Variants with plenty of stock. */
  readonly variantIds: readonly string[]
}

/** The largest quantity that inventory publishes. */
const PLENTY = 20

/** Reads the first pages to find cursors and variants. */
export async function walkCatalogue(ask: Ask, pages: number): Promise<Catalogue> {
  const cursors: (string | null)[] = []
  const variantIds: string[] = []
  let after: string | null = null
  while (cursors.length < pages) {
    const { products }: CataloguePage = await ask(CATALOGUE, { after }, page)
    cursors.push(after)
    for (const { node } of products.edges) {
      const plenty = node.variants.edges.filter((edge) => edge.node.availability.availableQuantity === PLENTY)
      variantIds.push(...plenty.map((edge) => edge.node.id))
    }
    after = products.pageInfo.endCursor
  }
  return { cursors, variantIds }
}
