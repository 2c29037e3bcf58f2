// Tested in bad-query.int.test.ts: arguments are tested in one table.

import { pageArgs } from '@argyle/kit/connection'
import { badUserInput, forbidden } from '@argyle/kit/errors'
import { readId } from '@argyle/kit/ids'
import { BadAmount, type Currency, parseAmount } from '@argyle/kit/money'
import { echo } from '@argyle/kit/user-errors'
import type { CategoryTree } from './category.ts'
import type { ProductStatus } from './product.ts'
import type { Listing, ListRequest } from './product-list.ts'
import { type ProductSortName, sortName } from './product-sort.ts'
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
