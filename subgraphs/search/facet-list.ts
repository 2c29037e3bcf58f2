// Tested in narrowing.int.test.ts: the facets need rows in a database.

import type { Count, Counts } from './facets.ts'
import type { Filter } from './filter.ts'
import type { Category, FacetValue, PrismaClient } from './generated/prisma/client.ts'

type FacetKind = 'CATEGORY' | 'ATTRIBUTE' | 'RATING' | 'AVAILABILITY'

export type Facet = {
  readonly kind: FacetKind
  readonly name: string
  readonly values: readonly {
    readonly value: string
    readonly label: string
    readonly count: number
    readonly isSelected: boolean
  }[]
}

/** Values that a facet lists. */
const MAX_VALUES = 100

/** Converts counts by number to the facets of the schema. One statement reads attributes, one categories. */
export async function facetList(prisma: PrismaClient, counts: Counts, filter: Filter): Promise<Facet[]> {
  const chosen = filter.attributes.map(({ name }) => name)
  const all = counts.valuesOf('category').concat(counts.valuesOf('attribute:'))
  const seen = [...chosen.flatMap((name) => counts.valuesOf(`attribute:${name}`)), ...all]
  const ids = [...new Set(seen.map(({ key }) => key).filter((key) => key > 0))]
  const [values, categories] = await Promise.all([
    prisma.facetValue.findMany({
      where: {
        OR: [
          { id: { in: ids } },
          ...filter.attributes.map(({ name, anyOf }) => ({ name, value: { in: [...anyOf] } })),
        ],
      },
    }),
    prisma.category.findMany(),
  ])
  const facets = [
    categoryFacet(categories, counts.valuesOf('category'), filter),
    ...attributeFacets(values, counts, filter),
    ratingFacet(counts, filter),
    stockFacet(counts, filter),
  ]
  return facets.filter((facet) => facet.values.length > 0)
}

function categoryFacet(categories: readonly Category[], counts: readonly Count[], filter: Filter): Facet {
  const countOf = new Map(counts.map(({ key, count }) => [-key, count]))
  const values = categories.map(({ categoryId, number, name }) => ({
    value: categoryId,
    label: name,
    count: countOf.get(number) ?? 0,
    isSelected: filter.categoryIds.includes(categoryId),
  }))
  return { kind: 'CATEGORY', name: 'Category', values: shown(values) }
}

function attributeFacets(values: readonly FacetValue[], counts: Counts, filter: Filter): Facet[] {
  const byName = Map.groupBy(values, ({ name }) => name)
  return [...byName]
    .map(([name, ofName]): Facet => {
      const countOf = new Map(counts.valuesOf(`attribute:${name}`).map(({ key, count }) => [key, count]))
      const chosen = filter.attributes.find((choice) => choice.name === name)?.anyOf ?? []
      const list = ofName.map(({ id, value }) => ({
        value,
        label: value,
        count: countOf.get(id) ?? 0,
        isSelected: chosen.includes(value),
      }))
      return { kind: 'ATTRIBUTE', name, values: shown(list) }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function ratingFacet({ ratings }: Counts, { minRating }: Filter): Facet {
  const values = ratings.map(({ key, count }) => ({
    value: String(key),
    label: String(key),
    count,
    isSelected: key === minRating,
  }))
  return { kind: 'RATING', name: 'Rating', values }
}

function stockFacet({ inStock }: Counts, { inStockOnly }: Filter): Facet {
  const isShown = inStock > 0 || inStockOnly
  const value = { value: 'true', label: 'In stock', count: inStock, isSelected: inStockOnly }
  return { kind: 'AVAILABILITY', name: 'Availability', values: isShown ? [value] : [] }
}

/** The values with a count, and the selected ones, largest count first. */
function shown(values: Facet['values']): Facet['values'] {
  return values
    .filter(({ count, isSelected }) => count > 0 || isSelected)
    .toSorted((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
    .slice(0, MAX_VALUES)
}
