import type { Cursor } from '@argyle/kit/connection'
import { idSchema } from '@argyle/kit/ids'
import { forgedCursor } from '@argyle/kit/keyset'
import type { Currency } from '@argyle/kit/money'
import { z } from 'zod'
import { fromColumn } from './conditions.ts'
import { Prisma } from './generated/prisma/client.ts'

export type SearchSort = 'RELEVANCE' | 'PRICE_ASC' | 'PRICE_DESC' | 'RATING' | 'NEWEST'

/** A cursor: the sort value of the last row, and its product. */
export type Place = { readonly value: number; readonly id: string }

/** The largest sort value of a column, an instant of the year 9999 in milliseconds, which fits the type of each. */
const MAX_INSTANT = 253_402_300_799_999

const place = z.tuple([z.number(), idSchema('prd')])
const placeInColumn = z.tuple([z.number().min(-MAX_INSTANT).max(MAX_INSTANT), idSchema('prd')])

/**
 * Parses a cursor of a list that is sorted by this column, or of one by relevance. @throws GraphQLError BAD_USER_INPUT for a modified one,
 * which must not reach PostgreSQL
 */
export function readPlace(cursor: Cursor | null, column: SortColumn | null): Place | null {
  if (cursor === null) return null
  const parsed = (column ? placeInColumn : place).safeParse(cursor)
  if (parsed.success) return { value: parsed.data[0], id: parsed.data[1] }
  throw forgedCursor(cursor)
}

/**
 * The sort as part of every cursor. It includes the currency, since prices of different currencies are not
 * comparable.
 */
export const sortName = (sort: SearchSort, currency: Currency) =>
  sort.startsWith('PRICE') ? `${sort}:${currency}` : sort

/** A sort by a column of the listing `l` that has an index. */
export type SortColumn = {
  readonly column: Prisma.Sql
  readonly isDescending: boolean
  /** The sort value as double precision, which a cursor stores exactly. */
  readonly value: Prisma.Sql
  /** The sort value of a cursor in the type of the column. */
  bound(value: number): Prisma.Sql
}

/** The column of a sort; null for RELEVANCE. */
export function sortColumn(sort: SearchSort, currency: Currency): SortColumn | null {
  switch (sort) {
    case 'RELEVANCE':
      return null
    case 'PRICE_ASC':
    case 'PRICE_DESC': {
      const column = fromColumn(currency)
      return {
        column,
        isDescending: sort === 'PRICE_DESC',
        value: Prisma.sql`l.${column}::float8`,
        bound: (value) => Prisma.sql`${value}::float8::bigint`,
      }
    }
    case 'RATING':
      return {
        column: Prisma.sql`rating_average`,
        isDescending: true,
        value: Prisma.sql`l.rating_average::float8`,
        bound: (value) => Prisma.sql`${value}::float8`,
      }
    case 'NEWEST':
      return {
        column: Prisma.sql`released_at`,
        isDescending: true,
        value: Prisma.sql`(extract(epoch FROM l.released_at) * 1000)::float8`,
        bound: (value) => Prisma.sql`to_timestamp(${value}::float8 / 1000)`,
      }
  }
}
