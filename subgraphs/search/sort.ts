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

const place = z.tuple([z.number(), idSchema('prd')])

/**
 * Parses a cursor. @throws GraphQLError BAD_USER_INPUT for a modified one, which must not reach PostgreSQL
 */
export function readPlace(cursor: Cursor | null): Place | null {
  if (cursor === null) return null
  const parsed = place.safeParse(cursor)
  if (parsed.success) return { value: parsed.data[0], id: parsed.data[1] }
  throw forgedCursor(cursor)
}

/**
 * The sort as part of every cursor. It includes the currency, since prices of different currencies are not
 * comparable.
 */
export const sortName = (sort: SearchSort, currency: Currency) =>
  sort.startsWith('PRICE') ? `${sort}:${currency}` : sort

/**
 * The sort value of a listing `l` as double precision, which a cursor stores exactly, with its direction;
 * null for RELEVANCE.
 */
export function sortColumn(
  sort: SearchSort,
  currency: Currency,
): { column: Prisma.Sql; isDescending: boolean } | null {
  switch (sort) {
    case 'RELEVANCE':
      return null
    case 'PRICE_ASC':
      return { column: fromColumn(currency), isDescending: false }
    case 'PRICE_DESC':
      return { column: fromColumn(currency), isDescending: true }
    case 'RATING':
      return { column: Prisma.sql`rating_average`, isDescending: true }
    case 'NEWEST':
      return { column: Prisma.sql`released_at`, isDescending: true }
  }
}
