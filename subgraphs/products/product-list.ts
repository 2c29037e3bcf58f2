// Tested in bad-query.int.test.ts: arguments are tested in one table.

import { type Connection, type Page, pageArgs } from '@argyle/kit/connection'
import { badUserInput, forbidden } from '@argyle/kit/errors'
import { readId } from '@argyle/kit/ids'
import { BadAmount, type Currency, parseAmount } from '@argyle/kit/money'
import { echo } from '@argyle/kit/user-errors'
import type { CategoryTree } from './category.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import type { Product, ProductStatus } from './product.ts'
import { PRODUCT_COLUMNS } from './product-reads.ts'
import { behind, PRODUCT_SORTS, type ProductSortName, sortName } from './product-sort.ts'
import type { SelectedOption } from './variant.ts'

export type FilterInput = {
  readonly categoryId?: string | null
  readonly minPrice?: string | null
  readonly maxPrice?: string | null
  readonly currency?: Currency | null
  readonly options?: readonly SelectedOption[] | null
  readonly status?: ProductStatus | null
}

type PageInput = {
  readonly first?: number | null
  readonly after?: string | null
  readonly sort?: ProductSortName | null
}

/** The validated filter of a list. */
export type Listing = {
  readonly status: ProductStatus
  readonly currency: Currency
  /** In minor units; exact, since the shop's largest amount is far below 2^53. */
  readonly minPrice: number | null
  readonly maxPrice: number | null
  readonly options: readonly SelectedOption[]
}

/** A list request; it survives JSON, so that equal lists of one operation share a batch. */
export type ListRequest = { readonly listing: Listing; readonly sort: ProductSortName; readonly page: Page }

/** Options of a filter. */
const MAX_OPTIONS = 5
/** Characters of the name and the value of an option. */
const MAX_OPTION_LENGTH = 60

function readPrice(field: string, amount: string | null | undefined, currency: Currency): number | null {
  if (amount == null) return null
  try {
    const { minor } = parseAmount(amount, currency)
    if (minor < 0n) throw new BadAmount('allowed is 0 or above')
    return Number(minor)
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error
    throw badUserInput(`filter.${field} is ${echo(amount)}: ${error.message}`)
  }
}

function readOptions(options: readonly SelectedOption[]): readonly SelectedOption[] {
  const fits = (text: string) =>
    text.length > 0 && text.length <= MAX_OPTION_LENGTH && text.isWellFormed() && !text.includes('\0')
  const fault = options.find(({ name, value }) => !fits(name) || !fits(value))
  if (fault) {
    throw badUserInput(
      `filter.options holds ${echo(fault)}: allowed are texts of 1 to ${MAX_OPTION_LENGTH} characters`,
    )
  }
  if (options.length <= MAX_OPTIONS) return options
  throw badUserInput(`filter.options has ${options.length} entries: allowed is at most ${MAX_OPTIONS}`)
}

/** The listing of a public list. */
export function onSale(currency: Currency): Listing {
  return { status: 'ACTIVE', currency, minPrice: null, maxPrice: null, options: [] }
}

/**
 * Validates a filter, except for its category.
 * @throws GraphQLError BAD_USER_INPUT with the bad value; FORBIDDEN if a non-staff viewer filters by status.
 */
export function listingOf(filter: FilterInput, isStaff: boolean): Listing {
  if (filter.status != null && !isStaff) throw forbidden()
  const currency = filter.currency ?? 'USD'
  const minPrice = readPrice('minPrice', filter.minPrice, currency)
  const maxPrice = readPrice('maxPrice', filter.maxPrice, currency)
  if (minPrice !== null && maxPrice !== null && minPrice > maxPrice) {
    const { minPrice: low, maxPrice: high } = filter
    throw badUserInput(`filter.minPrice is ${echo(low)}: allowed is at most maxPrice, ${echo(high)}`)
  }
  const options = readOptions(filter.options ?? [])
  return { status: filter.status ?? 'ACTIVE', currency, minPrice, maxPrice, options }
}

/** @throws GraphQLError BAD_USER_INPUT if the category does not exist. */
export function checkCategory(tree: CategoryTree, id: string): string {
  if (tree.byId.has(id)) return id
  readId('filter.categoryId', 'cat', id)
  throw badUserInput(`filter.categoryId is ${echo(id)}: allowed is the id of a category`)
}

/** Adds page and sort to a listing. @throws GraphQLError BAD_USER_INPUT with the bad value. */
export function listRequest(listing: Listing, args: PageInput): ListRequest {
  const sort = args.sort ?? 'NEWEST'
  return { listing, sort, page: pageArgs(args, { sort: sortName(sort, listing.currency) }) }
}

/** A branch of the category tree: the list of its root merges the lists of its leaves. */
export type Branch = { readonly root: string; readonly leaves: readonly string[] }

/** A product in a list: `root` is the branch, or '' for the whole shop; `key` is its sort value. */
export type ListedProduct = Product & { readonly root: string; readonly key: string }

/** A page of a list. The total is counted only if it is selected. */
export type ProductPage = Connection<Product> & { count(): Promise<number> }

const and = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], ' AND ')

/** Tables and conditions of a listing; within a branch, those of one leaf. */
function selection(listing: Listing, over: 'product' | 'price_range', ofLeaf: boolean) {
  const { status, currency, minPrice, maxPrice, options } = listing
  const main = Prisma.raw(over === 'product' ? 'p' : 'r')
  const id = over === 'product' ? Prisma.sql`p.id` : Prisma.sql`r.product_id`
  const byPrice = over === 'price_range' || minPrice !== null || maxPrice !== null
  const conditions = [Prisma.sql`${main}.status = ${status}::product_status`]
  if (ofLeaf) conditions.push(Prisma.sql`${main}.category_id = branch.leaf`)
  if (byPrice) conditions.push(Prisma.sql`r.currency_code = ${currency}`)
  if (minPrice !== null) conditions.push(Prisma.sql`r.min_minor >= ${String(minPrice)}::bigint`)
  if (maxPrice !== null) conditions.push(Prisma.sql`r.min_minor <= ${String(maxPrice)}::bigint`)
  if (options.length > 0) {
    const wanted = JSON.stringify(options.map(({ name, value }) => ({ name, value })))
    conditions.push(
      Prisma.sql`EXISTS (SELECT FROM variant v WHERE v.product_id = ${id} AND v.options @> ${wanted}::jsonb)`,
    )
  }
  const joined = byPrice
    ? Prisma.sql`product p JOIN price_range r ON r.product_id = p.id`
    : Prisma.sql`product p`
  return { id, conditions, from: over === 'product' ? joined : Prisma.sql`price_range r` }
}

const branchTable = (branches: readonly Branch[]) => {
  const pairs = branches.flatMap(({ root, leaves }) => leaves.map((leaf) => ({ root, leaf })))
  return Prisma.sql`unnest(${pairs.map(({ root }) => root)}::text[], ${pairs.map(({ leaf }) => leaf)}::text[])
    AS branch (root, leaf)`
}

/**
 * A page of each branch, or of the whole shop, by one statement. It merges the first rows of each leaf, which
 * come from the index of its category. So the cost of a page does not depend on the size of the shop.
 */
export function listProducts(
  prisma: PrismaClient,
  { listing, sort, page }: ListRequest,
  branches: readonly Branch[] | null,
): Promise<ListedProduct[]> {
  const order = PRODUCT_SORTS[sort]
  const { id, from, conditions } = selection(listing, order.over, branches !== null)
  const where = and(page.after ? [...conditions, behind(order, page.after)] : conditions)
  const way = Prisma.raw(order.direction)
  const most = page.first + 1
  const rows = Prisma.sql`
    SELECT ${id} AS id, ${order.key} AS sort_key, ${order.keyText} AS key FROM ${from} WHERE ${where}
     ORDER BY ${order.key} ${way}, ${id} ${way} LIMIT ${most}`
  const merged = branches
    ? Prisma.sql`
        SELECT * FROM (
          SELECT branch.root, one.*,
                 row_number() OVER (PARTITION BY branch.root ORDER BY one.sort_key ${way}, one.id ${way}) AS place
            FROM ${branchTable(branches)} CROSS JOIN LATERAL (${rows}) one) placed
         WHERE place <= ${most}`
    : Prisma.sql`SELECT '' AS root, whole.* FROM (${rows}) whole`
  return prisma.$queryRaw`
    SELECT ${PRODUCT_COLUMNS}, listed.root, listed.key FROM (${merged}) listed JOIN product p ON p.id = listed.id
     ORDER BY listed.root, listed.sort_key ${way}, listed.id ${way}`
}

/** The total of each branch, or of the whole shop. */
export function countProducts(
  prisma: PrismaClient,
  listing: Listing,
  branches: readonly Branch[] | null,
): Promise<{ root: string; count: number }[]> {
  const { from, conditions } = selection(listing, 'product', branches !== null)
  const where = and(conditions)
  if (!branches)
    return prisma.$queryRaw`SELECT '' AS root, count(*)::int AS count FROM ${from} WHERE ${where}`
  return prisma.$queryRaw`
    SELECT branch.root, sum(one.count)::int AS count
      FROM ${branchTable(branches)} CROSS JOIN LATERAL (SELECT count(*) FROM ${from} WHERE ${where}) one
     GROUP BY branch.root`
}

/** Lists of the whole shop; the loaders batch those of categories. */
export function productLists(prisma: PrismaClient) {
  return {
    page: (request: ListRequest) => listProducts(prisma, request, null),
    async count(listing: Listing): Promise<number> {
      const [whole] = await countProducts(prisma, listing, null)
      return whole?.count ?? 0
    },
  }
}

export type ProductLists = ReturnType<typeof productLists>
