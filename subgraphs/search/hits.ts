import type { Page } from '@argyle/kit/connection'
import { conditions, hasText, sentGroups, type Wish } from './conditions.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import { weightAt } from './popularity.ts'
import { type Place, readPlace, type SearchSort, sortColumn } from './sort.ts'

/** A product that was found. `value` is what the list is sorted by. */
export type Hit = {
  readonly id: string
  readonly title: string
  readonly slug: string
  readonly value: number
}

/** Matches that are looked at, the first that the index gives; and those of them, the best selling, that are ranked and counted. */
export const MOST_SCANNED = 10_000
export const MOST_CANDIDATES = 1_000

/** The hits of a page in order, up to `first + 1`. */
export async function readHits(
  prisma: PrismaClient,
  wish: Wish,
  { sort, page, now }: { sort: SearchSort; page: Page; now: Date },
): Promise<Hit[]> {
  const place = readPlace(page.after)
  const column = sortColumn(sort, wish.filter.currency)
  if (column) return prisma.$queryRaw<Hit[]>(sorted(wish, column, place, page.first + 1))
  return hasText(wish)
    ? prisma.$queryRaw<Hit[]>(ranked(wish, place, page.first + 1, now))
    : prisma.$queryRaw<Hit[]>(bestSelling(wish, place, page.first + 1))
}

/** By a column of the listing that has an index. */
function sorted(
  wish: Wish,
  { column, isDescending }: { column: Prisma.Sql; isDescending: boolean },
  place: Place | null,
  limit: number,
): Prisma.Sql {
  const isInstant = wish && column.sql === 'released_at'
  const way = Prisma.raw(isDescending ? 'DESC' : 'ASC')
  const value = isInstant
    ? Prisma.sql`(extract(epoch FROM l.released_at) * 1000)::float8`
    : Prisma.sql`l.${column}::float8`
  return Prisma.sql`
    SELECT l.product_id AS id, l.title, l.slug, ${value} AS value
      FROM listing l WHERE ${conditions(wish)}${behind(place, column, isInstant, isDescending)}
     ORDER BY l.${column} ${way}, l.product_id ${way} LIMIT ${limit}`
}

function behind(
  place: Place | null,
  column: Prisma.Sql,
  isInstant: boolean,
  isDescending: boolean,
): Prisma.Sql {
  if (!place) return Prisma.empty
  const operator = Prisma.raw(isDescending ? '<' : '>')
  const bound = isInstant
    ? Prisma.sql`to_timestamp(${place.value}::float8 / 1000)`
    : column.sql === 'rating_average'
      ? Prisma.sql`${place.value}::float8`
      : Prisma.sql`${place.value}::float8::bigint`
  return Prisma.sql` AND (l.${column}, l.product_id) ${operator} (${bound}, ${place.id})`
}

/** Without text to rank by: what sells best. */
function bestSelling(wish: Wish, place: Place | null, limit: number): Prisma.Sql {
  const after = place
    ? Prisma.sql` AND (b.popularity < ${place.value}::float8 OR (b.popularity = ${place.value}::float8 AND b.product_id > ${place.id}))`
    : Prisma.empty
  return Prisma.sql`
    SELECT l.product_id AS id, l.title, l.slug, b.popularity AS value
      FROM best_seller b JOIN listing l USING (product_id) WHERE ${conditions(wish)}${after}
     ORDER BY b.popularity DESC, b.product_id LIMIT ${limit}`
}

/** Weights of D, C, B and A: the rest of a description, its first sentence, options and categories, the title. */
const WEIGHTS = '{0.03, 0.3, 0.6, 1.0}'

/** The value of ts_rank for one occurrence of weight 1: 6/π². */
const ONE_OCCURRENCE = 0.607927

/**
 * By how well the text fits: each group of the query counts by the weight of the place where it stands, up to 1, and nearness does not
 * matter, since a name beside a property says more than two words of one sentence. Then, within a tenth of that, by units sold lately,
 * rating and stock. Ranked are the best-selling matches only, so that a common word costs no more.
 */
function ranked(wish: Wish, place: Place | null, limit: number, now: Date): Prisma.Sql {
  const after = place
    ? Prisma.sql`WHERE value < ${place.value}::float8 OR (value = ${place.value}::float8 AND id > ${place.id})`
    : Prisma.empty
  const groups = wish.groups.filter(({ isExcluded }) => !isExcluded)
  const fits = groups.map((_, place) => {
    const group = Prisma.sql`FROM wanted WHERE place = ${place + 1}`
    return Prisma.sql`coalesce(LEAST(1, ts_rank(${WEIGHTS}::real[], l.document, (SELECT query ${group})) * (SELECT scale ${group})), 0)`
  })
  return Prisma.sql`
    WITH wanted AS MATERIALIZED (
      SELECT query, lexemes / ${ONE_OCCURRENCE}::float8 AS scale, place
        FROM ranked_groups(${sentGroups(groups)}::jsonb) WITH ORDINALITY AS g(query, lexemes, place)
    ), scanned AS MATERIALIZED (
      SELECT l.ctid AS tid, l.product_id, l.popularity FROM listing l WHERE ${conditions(wish)} LIMIT ${MOST_SCANNED}
    ), candidate AS MATERIALIZED (
      SELECT tid FROM scanned ORDER BY popularity DESC, product_id LIMIT ${MOST_CANDIDATES}
    ), scored AS (
      SELECT l.product_id AS id, l.title, l.slug, round((${Prisma.join(fits, ' + ')}
             + 0.01 * ln(1 + l.popularity / ${weightAt(now)}::float8) + 0.005 * l.rating_average
             + CASE WHEN l.in_stock THEN 0.02 ELSE 0 END)::numeric, 6)::float8 AS value
        FROM candidate JOIN listing l ON l.ctid = candidate.tid
    )
    SELECT id, title, slug, value FROM scored ${after} ORDER BY value DESC, id LIMIT ${limit}`
}
