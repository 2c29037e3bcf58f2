// Tested in narrowing.int.test.ts: the conditions need a database.

import type { Currency } from '@argyle/kit/money'
import type { Filter } from './filter.ts'
import { Prisma } from './generated/prisma/client.ts'
import type { Group } from './query/understand.ts'

/** The part of a filter that a facet sets. An attribute is `attribute:` and its name. */
export type Part = 'category' | 'price' | 'rating' | 'stock' | `attribute:${string}`

/** A search in the form that the statements need. */
export type Wish = { readonly groups: readonly Group[]; readonly filter: Filter }

const FROM_COLUMNS = { USD: 'from_usd', EUR: 'from_eur', JPY: 'from_jpy' } as const
const VARIANT_COLUMNS = { USD: 'v.usd', EUR: 'v.eur', JPY: 'v.jpy' } as const

/** The column with a listing's lowest price. */
export const fromColumn = (currency: Currency) => Prisma.raw(FROM_COLUMNS[currency])

/** The text query. PostgreSQL evaluates the subquery once per statement, not once per row. */
export function textQuery(groups: readonly Group[]): Prisma.Sql {
  return Prisma.sql`(SELECT search_query(${sentGroups(groups)}::jsonb))`
}

/** The groups as arguments of the functions in the migration. */
export function sentGroups(groups: readonly Group[]): string {
  return JSON.stringify(groups.map(({ any, isExcluded }) => ({ any, isExcluded })))
}

/** Tests whether the text selects rows; a text of exclusions only does not. */
export const hasText = ({ groups }: Wish) => groups.some(({ isExcluded }) => !isExcluded)

/** The parts of a filter that are set. */
export function partsOf(filter: Filter): Part[] {
  const parts: Part[] = filter.attributes.map(({ name }): Part => `attribute:${name}`)
  if (filter.categoryIds.length > 0) parts.push('category')
  if (filter.minPrice !== null || filter.maxPrice !== null) parts.push('price')
  if (filter.minRating !== null) parts.push('rating')
  if (filter.inStockOnly) parts.push('stock')
  return parts
}

/** The filter without one of its parts. */
export function withoutPart(filter: Filter, part: Part | null): Filter {
  if (part === null) return filter
  if (part === 'category') return { ...filter, categoryIds: [] }
  if (part === 'price') return { ...filter, minPrice: null, maxPrice: null }
  if (part === 'rating') return { ...filter, minRating: null }
  if (part === 'stock') return { ...filter, inStockOnly: false }
  return { ...filter, attributes: filter.attributes.filter(({ name }) => part !== `attribute:${name}`) }
}

/** Numbers of facet values by their texts. An unknown value has an empty list, which matches nothing. */
const idsOf = ({ name, anyOf }: Filter['attributes'][number]) =>
  Prisma.sql`ARRAY(SELECT id FROM facet_value WHERE name = ${name} AND value = ANY(${[...anyOf]}))`

/** The conditions on one variant `v`; empty if the filter has none on variants. */
export function variantConditions({
  attributes,
  minPrice,
  maxPrice,
  currency,
  inStockOnly,
}: Filter): Prisma.Sql[] {
  const price = Prisma.raw(VARIANT_COLUMNS[currency])
  return [
    ...attributes.map((choice) => Prisma.sql`v.option_ids && ${idsOf(choice)}`),
    ...(minPrice === null ? [] : [Prisma.sql`${price} >= ${String(minPrice)}::bigint`]),
    ...(maxPrice === null ? [] : [Prisma.sql`${price} <= ${String(maxPrice)}::bigint`]),
    ...(inStockOnly ? [Prisma.sql`v.in_stock`] : []),
  ]
}

/** The condition on a listing `l`. */
export function conditions({ groups, filter }: Wish): Prisma.Sql {
  const { categoryIds, minRating, attributes, inStockOnly } = filter
  const ofVariants = variantConditions(filter)
  const all = [
    Prisma.sql`l.status = 'ACTIVE'`,
    ...(groups.length > 0 ? [Prisma.sql`l.document @@ ${textQuery(groups)}`] : []),
    ...(categoryIds.length > 0
      ? [
          Prisma.sql`l.facet_ids && ARRAY(SELECT -number FROM category WHERE category_id = ANY(${[...categoryIds]}))`,
        ]
      : []),
    ...(minRating === null ? [] : [Prisma.sql`l.rating_average >= ${minRating}`]),
    // An index on listings selects candidates first; the conditions on variants decide.
    ...attributes.map((choice) => Prisma.sql`l.facet_ids && ${idsOf(choice)}`),
    ...(inStockOnly ? [Prisma.sql`l.in_stock`] : []),
    ...(ofVariants.length > 1 || filter.minPrice !== null || filter.maxPrice !== null
      ? [
          Prisma.sql`EXISTS (SELECT FROM listing_variant v WHERE v.product_id = l.product_id AND ${Prisma.join(ofVariants, ' AND ')})`,
        ]
      : []),
  ]
  return Prisma.join(all, ' AND ')
}
