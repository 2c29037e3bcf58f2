// Tested in narrowing.int.test.ts: the test checks the hits that it leaves.

import { badUserInput } from '@argyle/kit/errors'
import { readId } from '@argyle/kit/ids'
import { BadAmount, type Currency, parseAmount } from '@argyle/kit/money'
import { echo } from '@argyle/kit/user-errors'

/** A filter in the form of the schema. */
export type FilterInput = {
  readonly categoryIds?: readonly string[] | null
  readonly minPrice?: string | null
  readonly maxPrice?: string | null
  readonly currency?: Currency | null
  readonly inStockOnly?: boolean | null
  readonly minRating?: number | null
  readonly attributes?: readonly { readonly name: string; readonly anyOf: readonly string[] }[] | null
}

export type AttributeChoice = { readonly name: string; readonly anyOf: readonly string[] }

/** A validated filter. Null and empty parts do not restrict the search. */
export type Filter = {
  readonly categoryIds: readonly string[]
  /** In minor units of the currency. */
  readonly minPrice: bigint | null
  readonly maxPrice: bigint | null
  readonly currency: Currency
  readonly inStockOnly: boolean
  readonly minRating: number | null
  readonly attributes: readonly AttributeChoice[]
}

/** Categories of a filter. */
export const MAX_CATEGORY_IDS = 50
/** Attributes of a filter. */
export const MAX_ATTRIBUTES = 10
/** Values of one attribute of a filter. */
export const MAX_VALUES = 50
/** Characters of an attribute's name and of a value. */
const MAX_TEXT_LENGTH = 60

/** @throws GraphQLError BAD_USER_INPUT with the value and what is allowed */
export function readFilter(input: FilterInput | null | undefined): Filter {
  const { categoryIds, minPrice, maxPrice, currency, inStockOnly, minRating, attributes } = input ?? {}
  const money = currency ?? 'USD'
  const filter = {
    categoryIds: readCategoryIds(categoryIds ?? []),
    minPrice: readPrice('minPrice', minPrice, money),
    maxPrice: readPrice('maxPrice', maxPrice, money),
    currency: money,
    inStockOnly: inStockOnly ?? false,
    minRating: readRating(minRating),
    attributes: readAttributes(attributes ?? []),
  }
  if (filter.minPrice !== null && filter.maxPrice !== null && filter.minPrice > filter.maxPrice)
    throw badUserInput(`filter.minPrice is ${echo(minPrice)}: allowed is at most maxPrice, ${echo(maxPrice)}`)
  return filter
}

/** Tests whether a filter restricts the search. */
export function isFiltering({
  currency: _,
  inStockOnly,
  categoryIds,
  attributes,
  ...bounds
}: Filter): boolean {
  const isBounded = Object.values(bounds).some((bound) => bound !== null)
  return isBounded || inStockOnly || categoryIds.length > 0 || attributes.length > 0
}

function readCategoryIds(ids: readonly string[]): readonly string[] {
  requireFew('filter.categoryIds', ids.length, 0, MAX_CATEGORY_IDS)
  return ids.map((id) => readId('filter.categoryIds', 'cat', id))
}

function readPrice(field: string, amount: string | null | undefined, currency: Currency): bigint | null {
  if (amount == null) return null
  try {
    const { minor } = parseAmount(amount, currency)
    if (minor < 0n) throw new BadAmount('allowed is 0 or above')
    return minor
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error
    throw badUserInput(`filter.${field} is ${echo(amount)}: ${error.message}`)
  }
}

function readRating(rating: number | null | undefined): number | null {
  if (rating == null) return null
  if (rating >= 0 && rating <= 5) return rating
  throw badUserInput(`filter.minRating is ${echo(rating)}: allowed is 0 to 5`)
}

function readAttributes(attributes: readonly AttributeChoice[]): readonly AttributeChoice[] {
  requireFew('filter.attributes', attributes.length, 0, MAX_ATTRIBUTES)
  const names = attributes.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined)
    throw badUserInput(
      `filter.attributes names ${echo(twice)} twice: allowed is each name once, with all its values`,
    )
  for (const { name, anyOf } of attributes) {
    requireText('filter.attributes.name', name)
    requireFew('filter.attributes.anyOf', anyOf.length, 1, MAX_VALUES)
    for (const value of anyOf) requireText('filter.attributes.anyOf', value)
  }
  return attributes
}

function requireFew(field: string, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return
  throw badUserInput(`${field} has ${count} entries: allowed is ${least} to ${most}`)
}

function requireText(field: string, text: string): void {
  // Code points, as in an option of a product: one or two UTF-16 units each.
  const length = text.length > 2 * MAX_TEXT_LENGTH ? text.length : [...text].length
  if (length > 0 && length <= MAX_TEXT_LENGTH && text.isWellFormed() && !text.includes('\0')) return
  throw badUserInput(`${field} is ${echo(text)}: allowed is text of 1 to ${MAX_TEXT_LENGTH} characters`)
}
