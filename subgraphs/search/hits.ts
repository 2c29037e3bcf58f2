// Tested in search.int.test.ts: the hits need rows in a database.

import type { Page } from '@argyle/kit/connection'
import { MAX_CANDIDATES, MAX_SCANNED } from './bounds.ts'
import { conditions, fromColumn, hasText, partsOf, sentGroups, type Wish } from './conditions.ts'
import { type CountRow, type Counts, countedSql, countsOf } from './facets.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import { weightAt } from './popularity.ts'
import { type Place, readPlace, type SearchSort, type SortColumn, sortColumn } from './sort.ts'

/** A matching product. `value` is the sort value. */
export type Hit = {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly value: number
}

/** The hits of a page in order, up to `first + 1`. */
export async function readHits(
  prisma: PrismaClient,
  wish: Wish,
  { sort, page, now }: { sort: SearchSort; page: Page; now: Date },
): Promise<Hit[]> {
  const column = sortColumn(sort, wish.filter.currency)
  const place = readPlace(page.after, column)
  if (column) return prisma.$queryRaw<Hit[]>(sorted(wish, column, place, page.first + 1))
  return hasText(wish)
    ? prisma.$queryRaw<Hit[]>(rankedHits(wish, place, page.first + 1, now))
    : prisma.$queryRaw<Hit[]>(bestSelling(wish, place, page.first + 1))
}

/** Sorts by a column of the listing that has an index. */
function sorted(wish: Wish, sort: SortColumn, place: Place | null, limit: number): Prisma.Sql {
  const { column, isDescending, value } = sort
  const way = Prisma.raw(isDescending ? 'DESC' : 'ASC')
  return Prisma.sql`
    SELECT l.product_id AS id, l.title, l.slug, ${value} AS value
      FROM listing l WHERE ${conditions(wish)}${behind(place, sort)}
     ORDER BY l.${column} ${way}, l.product_id ${way} LIMIT ${limit}`
}

function behind(place: Place | null, { column, isDescending, bound }: SortColumn): Prisma.Sql {
  if (!place) return Prisma.empty
  const operator = Prisma.raw(isDescending ? '<' : '>')
  return Prisma.sql` AND (l.${column}, l.product_id) ${operator} (${bound(place.value)}, ${place.id})`
}

/** Without a text there is no rank: sorts by sales. */
function bestSelling(wish: Wish, place: Place | null, limit: number): Prisma.Sql {
  const after = place
    ? Prisma.sql` AND (b.popularity < ${place.value}::float8 OR (b.popularity = ${place.value}::float8 AND b.product_id > ${place.id}))`
    : Prisma.empty
  return Prisma.sql`
    SELECT l.product_id AS id, l.title, l.slug, b.popularity AS value
      FROM best_seller b JOIN listing l USING (product_id) WHERE ${conditions(wish)}${after}
     ORDER BY b.popularity DESC, b.product_id LIMIT ${limit}`
}

/**
 * Weights of D, C, B and A: the rest of a description, its first sentence, options and categories, the title.
 */
const WEIGHTS = '{0.03, 0.3, 0.6, 1.0}'

/** The value of ts_rank for one occurrence of weight 1: 6/π². */
const ONE_OCCURRENCE = 0.607927

/** The rows of hits in the order of the list. */
function rankedHits(wish: Wish, place: Place | null, limit: number, now: Date): Prisma.Sql {
  return Prisma.sql`WITH ${candidatesSql(wish)} ${hitsSql(wish, place, limit, now)}`
}

/** Tests whether hits and counts of this search can be read in one scan of the matches. */
export function isCountedAlong(wish: Wish, sort: SearchSort): boolean {
  return sort === 'RELEVANCE' && hasText(wish) && partsOf(wish.filter).length === 0
}

type Row = Hit & CountRow

/** The hits of a page and the counts, in one scan of the matches. Requires `isCountedAlong`. */
export async function readHitsAndCounts(
  prisma: PrismaClient,
  wish: Wish,
  { page, now }: { page: Page; now: Date },
): Promise<{ hits: Hit[]; counts: Counts }> {
  const place = readPlace(page.after, null)
  const rows = await prisma.$queryRaw<Row[]>`
    WITH ${candidatesSql(wish)}, hit AS (${hitsSql(wish, place, page.first + 1, now)})
    SELECT 'hit' AS kind, 0 AS view, 0 AS key, 0::bigint AS count, id, title, slug, value FROM hit
    UNION ALL
    SELECT kind, 0, key::int, count, '', '', '', 0 FROM (${countedSql(wish.filter)}) AS counted(kind, key, count)`
  const hits = rows
    .filter(({ id }) => id !== '')
    .map(({ id, title, slug, value }) => ({ id, title, slug, value }))
  const inOrder = hits.toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
  return { hits: inOrder, counts: countsOf(wish, rows) }
}

/** The matches that are read, and the best-selling of them, which are ranked and counted. */
function candidatesSql(wish: Wish): Prisma.Sql {
  return Prisma.sql`
    scanned AS MATERIALIZED (
      SELECT l.ctid AS tid, l.product_id, l.popularity FROM listing l WHERE ${conditions(wish)} LIMIT ${MAX_SCANNED + 1}
    ), candidate AS MATERIALIZED (
      SELECT l.product_id, l.title, l.slug, l.document, l.popularity, l.rating_average, l.in_stock, l.facet_ids,
             l.${fromColumn(wish.filter.currency)} AS price
        FROM (SELECT tid FROM scanned ORDER BY popularity DESC, product_id LIMIT ${MAX_CANDIDATES}) AS best
        JOIN listing l ON l.ctid = best.tid
    ), wanted AS MATERIALIZED (
      SELECT query, lexemes / ${ONE_OCCURRENCE}::float8 AS scale, place
        FROM ranked_groups(${sentGroups(wish.groups)}::jsonb) WITH ORDINALITY AS g(query, lexemes, place)
    )`
}

/**
 * Sorts by relevance. Each group of the query adds the weight of the place where it occurs, up to 1. The
 * distance of words does not matter, since a name next to a property says more than two words of one
 * sentence. Results within a tenth are sorted by recent sales, rating and stock. Only the best-selling
 * matches are ranked, so that the costs of a common word are bounded.
 */
function hitsSql(wish: Wish, place: Place | null, limit: number, now: Date): Prisma.Sql {
  const after = place
    ? Prisma.sql`WHERE value < ${place.value}::float8 OR (value = ${place.value}::float8 AND id > ${place.id})`
    : Prisma.empty
  const groups = wish.groups.filter(({ isExcluded }) => !isExcluded)
  const fits = groups.map((_, index) => {
    const group = Prisma.sql`FROM wanted WHERE place = ${index + 1}`
    return Prisma.sql`LEAST(1, coalesce(ts_rank(${WEIGHTS}::real[], document, (SELECT query ${group})) * (SELECT scale ${group}), 0))`
  })
  return Prisma.sql`
    SELECT id, title, slug, value FROM (
      SELECT product_id AS id, title, slug, round((${Prisma.join(fits, ' + ')}
             + 0.01 * ln(1 + popularity / ${weightAt(now)}::float8) + 0.005 * rating_average
             + CASE WHEN in_stock THEN 0.02 ELSE 0 END)::numeric, 6)::float8 AS value
        FROM candidate
    ) AS scored ${after} ORDER BY value DESC, id LIMIT ${limit}`
}
