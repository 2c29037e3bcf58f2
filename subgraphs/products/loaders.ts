// Tested in references.int.test.ts: the test counts their statements.

import { isId } from '@argyle/kit/ids'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { Currency } from '@argyle/kit/money'
import { branchOf, type CategoryTree } from './category.ts'
import { readTree } from './category-store.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type Branch, countProducts, type Listing, type ListRequest, listProducts } from './product-list.ts'
import { productReads } from './product-reads.ts'

const SLUG = /^[a-z0-9-]{1,100}$/
const SKU = /^[A-Z0-9-]{1,40}$/

/** Drops malformed keys: PostgreSQL rejects some texts, and no row has such a key. */
function formed<Row>(
  fits: (key: string) => boolean,
  fetchMany: (keys: readonly string[]) => PromiseLike<readonly Row[]>,
) {
  return async (keys: readonly string[]): Promise<readonly Row[]> => {
    const some = keys.filter(fits)
    return some.length === 0 ? [] : fetchMany(some)
  }
}

/**
 * The loaders of one operation: 50 lookups of a kind become one statement.
 * @param drafts whether the viewer may see drafts.
 */
export function productLoaders(prisma: PrismaClient, drafts: boolean) {
  const reads = productReads(prisma, drafts)
  let tree: Promise<CategoryTree> | null = null
  const categoryTree = () => {
    tree ??= readTree(prisma)
    return tree
  }
  const branchesOf = async (roots: readonly string[]): Promise<Branch[]> => {
    const whole = await categoryTree()
    return roots.map((root) => ({ root, leaves: branchOf(whole, root) }))
  }

  return {
    categoryTree,
    productById: loadOne(
      formed((key) => isId('prd', key), reads.byIds),
      (product) => product.id,
    ),
    productBySlug: loadOne(
      formed((key) => SLUG.test(key), reads.bySlugs),
      (product) => product.slug,
    ),
    variantById: loadOne(
      formed((key) => isId('var', key), reads.variantsByIds),
      (variant) => variant.id,
    ),
    variantBySku: loadOne(
      formed((key) => SKU.test(key), reads.variantsBySkus),
      (variant) => variant.sku,
    ),
    imagesByProductId: loadMany(reads.images, (image) => image.productId),

    priceRangeByProductId: loadersByArgs((currency: Currency) =>
      loadOne(
        (ids: readonly string[]) => reads.priceRanges(ids, currency),
        (range) => range.productId,
      ),
    ),

    variantsByProductId: loadersByArgs((page: { first: number; after: number }) =>
      loadMany(
        (ids: readonly string[]) => reads.variantsOfProducts(ids, page),
        (variant) => variant.productId,
      ),
    ),

    /** Pages of the products of a category and its descendants. */
    productsByCategoryId: loadersByArgs((request: ListRequest) =>
      loadMany(
        async (roots: readonly string[]) => listProducts(prisma, request, await branchesOf(roots)),
        (product) => product.root,
      ),
    ),

    productCountByCategoryId: loadersByArgs((listing: Listing) =>
      loadOne(
        async (roots: readonly string[]) => countProducts(prisma, listing, await branchesOf(roots)),
        (row) => row.root,
      ),
    ),
  }
}

export type ProductLoaders = ReturnType<typeof productLoaders>
