import { newId } from '@argyle/kit/ids'
import { type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { search } from '../subgraph.ts'

type VariantOption = { name: string; value: string }

export type TestVariant = { variantId: string; options: VariantOption[]; usd: number; isInStock: boolean }

/** The fields of a product that a test sets. The others have default values. */
export type TestProduct = {
  title: string
  description?: string
  categoryId?: string | null
  status?: string
  /** One variant for each combination of colour and size. */
  colours?: string[]
  sizes?: string[]
  usd?: number
}

const minor = (amount: number) => String(Math.round(amount * 100))

/** The data of products.product.changed. */
export function productData(productId: string, product: TestProduct) {
  const { title, description = 'Knitted slowly.', categoryId = null, status = 'ACTIVE', usd = 12 } = product
  const { colours = ['Moss'], sizes = ['M'] } = product
  const variants = colours.flatMap((colour) =>
    sizes.map((size) => ({
      variantId: newId('var'),
      sku: `${title.slice(0, 3).toUpperCase()}-${productId.slice(-6)}-${colour.slice(0, 3)}-${size}`.toUpperCase(),
      title: `${colour} / ${size}`,
      options: [
        { name: 'Colour', value: colour },
        { name: 'Size', value: size },
      ],
      weightGrams: 50,
      prices: [
        { amountMinor: minor(usd), currencyCode: 'USD' },
        { amountMinor: minor(usd - 1), currencyCode: 'EUR' },
        { amountMinor: String(usd * 150), currencyCode: 'JPY' },
      ],
    })),
  )
  const slug = `${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${productId.slice(-6)}`
  const releasedAt = '2026-11-01T08:00:00.000Z'
  return { productId, slug, title, description, status, categoryId, releasedAt, variants }
}

/** The subgraph on its own database, with helpers for its tests. Its clock stands still. */
export async function openSearch(options: Pick<TestOptions, 'database'> = {}) {
  const now = new Date()
  const subgraph = await testSubgraph(search, { ...options, clock: () => now })

  return {
    ...subgraph,
    now: () => now,

    /** Delivers a product, in stock, and returns its data. */
    async aProduct(product: TestProduct, { inStock = true } = {}) {
      const productId = newId('prd')
      const data = productData(productId, product)
      await subgraph.deliver('products.product.changed', data, { subject: productId })
      if (inStock) for (const { variantId } of data.variants) await this.stock(variantId, 'IN_STOCK')
      return data
    },

    async stock(variantId: string, status: string, sequence = 1) {
      const data = { variantId, status, availableQuantity: status === 'IN_STOCK' ? 20 : 0 }
      await subgraph.deliver('inventory.availability.changed', data, { subject: variantId, sequence })
    },

    async aCategory(name: string, parentId: string | null = null) {
      const categoryId = newId('cat')
      const data = { categoryId, parentId, slug: name.toLowerCase(), name, position: 0 }
      await subgraph.deliver('products.category.changed', data, { subject: categoryId })
      return categoryId
    },

    /** Runs a search. Resolves to the complete response. */
    async search(query: string, args: Record<string, unknown> = {}, fields = FIELDS) {
      const { data, errors } = await subgraph.execute(
        `query ($query: String!, $filter: SearchFilter, $sort: SearchSort, $first: Int, $after: String) {
          search(query: $query, filter: $filter, sort: $sort, first: $first, after: $after) { ${fields} }
        }`,
        { query, ...args },
      )
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data.search
    },

    /** The titles of the hits, in order. */
    async titles(query: string, args: Record<string, unknown> = {}): Promise<string[]> {
      const { edges } = await this.search(query, args, 'edges { node { title } }')
      return edges.map((edge: { node: { title: string } }) => edge.node.title)
    },
  }
}

const FIELDS = `edges { cursor score node { id title } highlight { title { text isMatch } description { text isMatch } } }
  pageInfo { hasNextPage endCursor } totalCount isTotalCountExact didYouMean searchedFor indexedThrough
  facets { kind name values { value label count isSelected } }
  priceRange { min { amount } max { amount } } loosen { kind name count }`

export type OpenSearch = Awaited<ReturnType<typeof openSearch>>
