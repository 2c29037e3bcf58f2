import type { Cursor } from '@argyle/kit/connection'
import { idSchema } from '@argyle/kit/ids'
import { isFormattedInstant } from '@argyle/kit/instant'
import { forgedCursor } from '@argyle/kit/keyset'
import type { Currency } from '@argyle/kit/money'
import { z } from 'zod'
import { Prisma } from './generated/prisma/client.ts'

export type ProductSortName = 'NEWEST' | 'PRICE_ASC' | 'PRICE_DESC' | 'TITLE'

/** A total order of products in SQL, over `product p` or, for prices, over `price_range r`. */
export type ProductSort = {
  readonly over: 'product' | 'price_range'
  /** The sort value; each has an index, for the whole shop and within a category. */
  readonly key: Prisma.Sql
  /** The exact sort value as text, for cursors. */
  readonly keyText: Prisma.Sql
  readonly direction: 'ASC' | 'DESC'
  /** A cursor's text as a value of the sort value's type. */
  readonly bound: (text: string) => Prisma.Sql
  /** The schema of a cursor's text: no other text may reach PostgreSQL. */
  readonly text: z.ZodType<string>
}

const BY_PRICE = {
  over: 'price_range',
  key: Prisma.sql`r.min_minor`,
  keyText: Prisma.sql`r.min_minor::text`,
  bound: (text: string) => Prisma.sql`${text}::bigint`,
  text: z.string().regex(/^\d{1,15}$/),
} as const

export const PRODUCT_SORTS: Readonly<Record<ProductSortName, ProductSort>> = {
  NEWEST: {
    over: 'product',
    key: Prisma.sql`p.released_at`,
    keyText: Prisma.sql`to_char(p.released_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    direction: 'DESC',
    bound: (text) => Prisma.sql`${text}::timestamptz`,
    text: z.string().refine(isFormattedInstant),
  },
  TITLE: {
    over: 'product',
    key: Prisma.sql`p.title`,
    keyText: Prisma.sql`p.title`,
    direction: 'ASC',
    bound: (text) => Prisma.sql`${text}`,
    // A title has at most 200 characters. `max` counts code points, as `lineOfText` does.
    text: z
      .string()
      .max(200)
      .refine((text) => text.isWellFormed() && !text.includes('\0')),
  },
  PRICE_ASC: { ...BY_PRICE, direction: 'ASC' },
  PRICE_DESC: { ...BY_PRICE, direction: 'DESC' },
}

/** The sort name in cursors, so that a cursor of another sort or currency is refused. */
export function sortName(sort: ProductSortName, currency: Currency): string {
  return PRODUCT_SORTS[sort].over === 'price_range' ? `${sort}:${currency}` : sort
}

/** The SQL condition for products after a cursor. @throws GraphQLError BAD_USER_INPUT for a forged cursor. */
export function behind({ key, direction, bound, text, over }: ProductSort, cursor: Cursor): Prisma.Sql {
  const parts = z.tuple([text, idSchema('prd')]).safeParse(cursor)
  if (!parts.success) throw forgedCursor(cursor)
  const [value, id] = parts.data
  const idColumn = over === 'product' ? Prisma.sql`p.id` : Prisma.sql`r.product_id`
  return Prisma.sql`(${key}, ${idColumn}) ${Prisma.raw(direction === 'ASC' ? '>' : '<')} (${bound(value)}, ${id})`
}
