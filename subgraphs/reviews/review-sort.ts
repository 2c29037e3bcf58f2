import type { Cursor } from '@argyle/kit/connection'
import { idSchema } from '@argyle/kit/ids'
import { LAST_INSTANT } from '@argyle/kit/instant'
import { forgedCursor } from '@argyle/kit/keyset'
import { z } from 'zod'
import { Prisma } from './generated/prisma/client.ts'
import type { Review } from './review.ts'

/** A total order of reviews, in SQL over the columns of `review` and in cursors. */
export type ReviewSort<Name extends string = string> = {
  /** Part of every cursor, so that a cursor of another order is refused. */
  readonly name: Name
  readonly orderBy: Prisma.Sql
  /** The SQL condition for rows after a cursor. */
  readonly behind: (cursor: Cursor) => Prisma.Sql
  readonly cursorOf: (review: Review) => Cursor
}

/** A count, or an instant in milliseconds since the epoch. */
const cursorParts = z.tuple([z.int().min(0).max(Date.parse(LAST_INSTANT)), idSchema('rev')])

/** @throws GraphQLError BAD_USER_INPUT for a forged cursor, which PostgreSQL must not see. */
function partsOf(cursor: Cursor): readonly [value: number, id: string] {
  const parsed = cursorParts.safeParse(cursor)
  if (parsed.success) return parsed.data
  throw forgedCursor(cursor)
}

/** Sort values: a count, or an instant, which a cursor holds in milliseconds since the epoch. */
const SORT_VALUES = {
  helpful_count: (review: Review) => review.helpfulCount,
  rating: (review: Review) => review.rating,
  created_at: (review: Review) => review.createdAt.getTime(),
  updated_at: (review: Review) => review.updatedAt.getTime(),
}

function sort<Name extends string>(
  name: Name,
  column: keyof typeof SORT_VALUES,
  direction: 'ASC' | 'DESC',
): ReviewSort<Name> {
  const [key, way] = [Prisma.raw(column), Prisma.raw(direction)]
  const operator = Prisma.raw(direction === 'ASC' ? '>' : '<')
  const isInstant = column.endsWith('_at')
  return {
    name,
    orderBy: Prisma.sql`${key} ${way}, id ${way}`,
    behind(cursor) {
      const [value, id] = partsOf(cursor)
      const bound = isInstant ? Prisma.sql`${new Date(value)}::timestamptz` : Prisma.sql`${value}::bigint`
      return Prisma.sql`(${key}, id) ${operator} (${bound}, ${id})`
    },
    cursorOf: (review) => [SORT_VALUES[column](review), review.id],
  }
}

/** The sorts of Product.reviews; each has an index (product_id, status, …). */
export const PRODUCT_SORTS = {
  HELPFUL: sort('HELPFUL', 'helpful_count', 'DESC'),
  NEWEST: sort('NEWEST', 'created_at', 'DESC'),
  RATING_DESC: sort('RATING_DESC', 'rating', 'DESC'),
  RATING_ASC: sort('RATING_ASC', 'rating', 'ASC'),
}
export type ReviewSortName = keyof typeof PRODUCT_SORTS

/** The order of User.reviews: newest first. */
export const AUTHOR_SORT = sort('AUTHOR', 'created_at', 'DESC')

/** The order of the moderation queue: longest waiting first. */
export const QUEUE_SORT = sort('QUEUE', 'updated_at', 'ASC')
