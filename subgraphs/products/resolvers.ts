// Tested in references.int.test.ts: the test runs operations.

import { connectionOf, pageArgs } from '@argyle/kit/connection'
import { badUserInput } from '@argyle/kit/errors'
import { hasScope } from '@argyle/kit/identity'
import { readId } from '@argyle/kit/ids'
import { type Currency, formatMoney, money } from '@argyle/kit/money'
import { echo } from '@argyle/kit/user-errors'
import { ancestorsOf } from './category.ts'
import type { Resolvers } from './generated/resolvers.ts'
import {
  checkCategory,
  type ListedProduct,
  type ListRequest,
  listingOf,
  listRequest,
  onSale,
  type ProductPage,
} from './product-list.ts'
import { mutations } from './product-resolvers.ts'
import { sortName } from './product-sort.ts'

/** @throws GraphQLError BAD_USER_INPUT unless exactly one key is given. */
function onlyKey<Names extends string>(keys: Record<Names, string | null | undefined>): [Names, string] {
  // Object.entries loses the key names' type.
  const given = Object.entries(keys).filter(([, value]) => value != null) as [Names, string][]
  const [only] = given
  if (only && given.length === 1) return only
  const names = Object.keys(keys).join(' and ')
  throw badUserInput(`${names} are ${echo(keys)}: allowed is exactly one of them`)
}

function pageOf(
  rows: readonly ListedProduct[],
  request: ListRequest,
  count: () => Promise<number>,
): ProductPage {
  const sort = sortName(request.sort, request.listing.currency)
  const connection = connectionOf(rows, request.page, { sort, cursorOf: (row) => [row.key, row.id] })
  return { ...connection, count }
}

/** The position after which a page of variants continues. */
function positionAfter(args: { first?: number | null; after?: string | null }) {
  const page = pageArgs(args, { sort: 'VARIANTS' })
  const [after = -1] = page.after ?? []
  if (typeof after === 'number' && Number.isInteger(after) && Math.abs(after) < 2 ** 31) {
    return { page, after }
  }
  throw badUserInput(`after holds ${echo(page.after)}: allowed is a cursor of this list`)
}

const minor = (amount: bigint, currency: Currency) => formatMoney(money(amount, currency))

export const resolvers: Resolvers = {
  Query: {
    product(_, { id, slug }, { load }) {
      const [key, value] = onlyKey({ id, slug })
      return key === 'id' ? load.productById.load(readId('id', 'prd', value)) : load.productBySlug.load(value)
    },
    variant(_, { id, sku }, { load }) {
      const [key, value] = onlyKey({ id, sku })
      return key === 'id' ? load.variantById.load(readId('id', 'var', value)) : load.variantBySku.load(value)
    },
    async products(_, { filter, ...args }, { load, lists, viewer }) {
      const request = listRequest(listingOf(filter ?? {}, hasScope(viewer, 'catalog:write')), args)
      if (filter?.categoryId == null) {
        return pageOf(await lists.page(request), request, () => lists.count(request.listing))
      }
      const root = checkCategory(await load.categoryTree(), filter.categoryId)
      const rows = await load.productsByCategoryId(request).load(root)
      return pageOf(rows, request, async () => {
        return (await load.productCountByCategoryId(request.listing).load(root))?.count ?? 0
      })
    },
    async category(_, { slug }, { load }) {
      const { byId } = await load.categoryTree()
      return byId.values().find((category) => category.slug === slug) ?? null
    },
    productsAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
    categories: async (_, __, { load }) => [...((await load.categoryTree()).childrenOf.get(null) ?? [])],
  },

  Product: {
    __resolveReference: (reference, { load }) =>
      'slug' in reference ? load.productBySlug.load(reference.slug) : load.productById.load(reference.id),
    category: async ({ categoryId }, _, { load }) =>
      categoryId === null ? null : ((await load.categoryTree()).byId.get(categoryId) ?? null),
    images: ({ id }, _, { load }) => load.imagesByProductId.load(id),
    async priceRange({ id }, args, { load }) {
      const currency = args.currency ?? 'USD'
      const range = await load.priceRangeByProductId(currency).load(id)
      if (!range) throw new Error(`${id} has no price in ${currency}`)
      return { min: minor(range.min, currency), max: minor(range.max, currency) }
    },
    async variants({ id }, args, { load }) {
      const { page, after } = positionAfter(args)
      const rows = await load.variantsByProductId({ first: page.first, after }).load(id)
      return connectionOf(rows, page, { sort: 'VARIANTS', cursorOf: ({ position }) => [position] })
    },
  },

  ProductConnection: { totalCount: (page) => page.count() },

  Image: { url: ({ name }, _, { publicUrl }) => `${publicUrl}/images/${name}.svg` },

  Category: {
    __resolveReference: async ({ id }, { load }) => (await load.categoryTree()).byId.get(id) ?? null,
    parent: async ({ parentId }, _, { load }) =>
      parentId === null ? null : ((await load.categoryTree()).byId.get(parentId) ?? null),
    children: async ({ id }, _, { load }) => [...((await load.categoryTree()).childrenOf.get(id) ?? [])],
    ancestors: async (category, _, { load }) => ancestorsOf(await load.categoryTree(), category),
    async products({ id }, { currency, ...args }, { load }) {
      const request = listRequest(onSale(currency ?? 'USD'), args)
      const rows = await load.productsByCategoryId(request).load(id)
      return pageOf(rows, request, async () => {
        return (await load.productCountByCategoryId(request.listing).load(id))?.count ?? 0
      })
    },
  },

  ProductVariant: {
    __resolveReference: (reference, { load }) =>
      'sku' in reference ? load.variantBySku.load(reference.sku) : load.variantById.load(reference.id),
    async product({ id, productId }, _, { load }) {
      const product = await load.productById.load(productId)
      if (!product) throw new Error(`${id} has no product that its reader may see`)
      return product
    },
    price: ({ prices }, args) => {
      const currency = args.currency ?? 'USD'
      return minor(prices[currency].minor, currency)
    },
    compareAtPrice: ({ prices }, args) => {
      const currency = args.currency ?? 'USD'
      const { compareAtMinor } = prices[currency]
      return compareAtMinor === null ? null : minor(compareAtMinor, currency)
    },
    options: ({ options }) => [...options],
    costPrice: ({ cost }) => (cost ? formatMoney(cost) : null),
  },

  Mutation: mutations,
}
