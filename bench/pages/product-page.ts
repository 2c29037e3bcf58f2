import { z } from 'zod'
import { productPageQuery } from '../../dev/shop/terminal/banner.ts'
import { unchanging, WrongAnswer } from '../shop/graphql.ts'
import type { Post } from '../shop/http.ts'

const money = z.strictObject({ amount: z.string().regex(/^\d+(\.\d+)?$/), currencyCode: z.string() })

/** The shape of a complete product page: nothing that a subgraph should have filled is null. */
const page = z.strictObject({
  product: z.strictObject({
    title: z.string().min(1),
    description: z.string().min(1),
    priceRange: z.strictObject({ min: money, max: money }),
    variants: z.strictObject({
      edges: z
        .array(
          z.strictObject({
            node: z.strictObject({
              sku: z.string(),
              title: z.string(),
              price: money,
              availability: z.strictObject({ status: z.string(), availableQuantity: z.int() }),
            }),
          }),
        )
        .min(1),
    }),
    rating: z.strictObject({
      average: z.number(),
      count: z.int().min(1),
      histogram: z.array(z.int()).length(5),
    }),
    reviews: z.strictObject({
      edges: z
        .array(
          z.strictObject({
            node: z.strictObject({
              rating: z.int(),
              title: z.string().nullable(),
              body: z.string().min(1),
              verifiedPurchase: z.boolean(),
              author: z.strictObject({ displayName: z.string().min(1) }),
            }),
          }),
        )
        .min(1),
    }),
  }),
})

export type ProductPage = z.output<typeof page>

/** Loads the page; returns it the first time, then null if it is unchanged. */
export type LoadPage = () => Promise<ProductPage | null>

/** The page by one request to the router. @param body the request, as JSON */
export function pageByRouter(post: Post, url: URL, body: string): LoadPage {
  return unchanging(post, url, body, page)
}

/** The query of the product page that the shop prints, with a variable for the product. */
export const PRODUCT_PAGE = `query ProductPage($slug: String!) ${productPageQuery('?').replace('"?"', '$slug')}`

/** @throws WrongAnswer if the page is not complete */
export function wholePage(data: unknown): ProductPage {
  const result = page.safeParse(data)
  if (result.success) return result.data
  throw new WrongAnswer(`not a whole product page: ${z.prettifyError(result.error)}`)
}
