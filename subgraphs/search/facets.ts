// Tested in narrowing.int.test.ts: the facets need rows in a database.

import { formatMoney, money } from '@argyle/kit/money'
import { MAX_CANDIDATES, MAX_SCANNED } from './bounds.ts'
import {
  conditions,
  fromColumn,
  hasText,
  type Part,
  partsOf,
  variantConditions,
  type Wish,
  withoutPart,
} from './conditions.ts'
import type { Filter } from './filter.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'

/** Number of listings of a view with a facet value, a minimum rating, or stock. */
export type CountRow = {
  readonly view: number
  readonly kind: 'value' | 'rating' | 'stock' | 'total' | 'min' | 'max'
  readonly key: number
  readonly count: bigint
}

export type Count = { readonly key: number; readonly count: number }

/** Counts over all matches. */
export type Counts = {
  readonly total: number
  readonly isExact: boolean
  /** Facet values and negated category numbers. Each is counted without the selection of its own facet. */
  valuesOf(part: Part): readonly Count[]
  /** Numbers of listings rated at least 4, 3, 2 and 1. */
  readonly ratings: readonly Count[]
  readonly inStock: number
  readonly prices: { readonly min: bigint; readonly max: bigint } | null
}

/**
 * A selection hides the other values of its own facet. So each such facet has a view: the same search without
 * that selection.
 */
function viewsOf(wish: Wish): (Part | null)[] {
  return [null, ...partsOf(wish.filter)]
}

/** The counts of all views in one statement. */
export async function readCounts(prisma: PrismaClient, wish: Wish): Promise<Counts> {
  const selects = viewsOf(wish).map((part, view) => viewSql(wish, part, view))
  return countsOf(wish, await prisma.$queryRaw<CountRow[]>(Prisma.join(selects, ' UNION ALL ')))
}

/** The counts from the rows of all views. */
export function countsOf(wish: Wish, rows: readonly CountRow[]): Counts {
  const views = viewsOf(wish)
  const viewOf = (part: Part) => Math.max(0, views.indexOf(part))
  const of = (kind: CountRow['kind'], part: Part) =>
    rows
      .filter((row) => row.kind === kind && row.view === viewOf(part))
      .map(({ key, count }) => ({ key, count: Number(count) }))
  const single = (kind: CountRow['kind'], view: number) =>
    rows.find((row) => row.kind === kind && row.view === view)?.count ?? null
  const total = Number(single('total', 0) ?? 0)
  const priceView = viewOf('price')
  const [min, max] = [single('min', priceView), single('max', priceView)]
  return {
    total: Math.min(total, MAX_SCANNED),
    isExact: total <= MAX_SCANNED,
    valuesOf: (part) => of('value', part),
    ratings: atLeast(of('rating', 'rating')),
    inStock: of('stock', 'stock')[0]?.count ?? 0,
    prices: min === null || max === null ? null : { min, max },
  }
}

/** The matches of a view: their number up to the maximum, and the best-selling ones, which are counted. */
function matchesSql(wish: Wish): Prisma.Sql {
  const columns = Prisma.sql`l.product_id, l.facet_ids, l.rating_average, l.in_stock, l.${fromColumn(wish.filter.currency)} AS price`
  // Without a text, the index of sales is scanned instead.
  if (!hasText(wish))
    return Prisma.sql`
      scanned AS MATERIALIZED (
        SELECT FROM listing l WHERE ${conditions(wish)} LIMIT ${MAX_SCANNED + 1}
      ), candidate AS MATERIALIZED (
        SELECT ${columns} FROM best_seller b JOIN listing l USING (product_id) WHERE ${conditions(wish)}
         ORDER BY b.popularity DESC, b.product_id LIMIT ${MAX_CANDIDATES}
      )`
  return Prisma.sql`
    scanned AS MATERIALIZED (
      SELECT l.ctid AS tid, l.product_id, l.popularity FROM listing l WHERE ${conditions(wish)} LIMIT ${MAX_SCANNED + 1}
    ), candidate AS MATERIALIZED (
      SELECT ${columns} FROM (SELECT tid FROM scanned ORDER BY popularity DESC, product_id LIMIT ${MAX_CANDIDATES}) AS best
        JOIN listing l ON l.ctid = best.tid
    )`
}

/**
 * Facet values of the candidates. If a filter narrows variants, only those of the remaining variants count.
 */
function valuesSql(filter: Filter): Prisma.Sql {
  const ofVariants = variantConditions(filter)
  if (ofVariants.length === 0)
    return Prisma.sql`SELECT 'value', f.key, count(*) FROM candidate, unnest(candidate.facet_ids) AS f(key) GROUP BY f.key`
  return Prisma.sql`
    SELECT 'value', f.key, count(*)
      FROM candidate, LATERAL (
        SELECT DISTINCT unnest(v.option_ids) AS key FROM listing_variant v
         WHERE v.product_id = candidate.product_id AND ${Prisma.join(ofVariants, ' AND ')}) AS f GROUP BY f.key
    UNION ALL
    SELECT 'value', f.key, count(*) FROM candidate, unnest(candidate.facet_ids) AS f(key) WHERE f.key < 0 GROUP BY f.key`
}

/** One view, as rows of `CountRow`. */
function viewSql(wish: Wish, part: Part | null, view: number): Prisma.Sql {
  const filter = withoutPart(wish.filter, part)
  return Prisma.sql`(
    WITH ${matchesSql({ ...wish, filter })}
    SELECT ${view}::int AS view, kind, key::int, count FROM (${countedSql(filter)}) AS counted(kind, key, count))`
}

/** Counts over `scanned` and `candidate` as kind, key and count. */
export function countedSql(filter: Filter): Prisma.Sql {
  return Prisma.sql`
    ${valuesSql(filter)}
    UNION ALL
    SELECT 'rating', floor(rating_average)::int, count(*) FROM candidate GROUP BY 2
    UNION ALL SELECT 'stock', 1, count(*) FROM candidate WHERE in_stock
    UNION ALL SELECT 'total', 0, count(*) FROM scanned
    UNION ALL SELECT 'min', 0, min(price) FROM candidate
    UNION ALL SELECT 'max', 0, max(price) FROM candidate`
}

/** Cumulative numbers (4 and up, 3 and up …) from the numbers rated 4 to 5, 3 to 4 … */
function atLeast(rated: readonly Count[]): Count[] {
  return [4, 3, 2, 1]
    .map((stars) => ({
      key: stars,
      count: rated.reduce((sum, { key, count }) => sum + (key >= stars ? count : 0), 0),
    }))
    .filter(({ count }) => count > 0)
}

/** The range of prices in the form of the schema. */
export function priceRangeOf({ prices }: Counts, { filter: { currency } }: Wish) {
  if (!prices) return null
  return { min: formatMoney(money(prices.min, currency)), max: formatMoney(money(prices.max, currency)) }
}
