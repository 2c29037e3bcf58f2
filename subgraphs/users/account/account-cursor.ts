import type { Cursor } from '@argyle/kit/connection'
import { instantCursor, readInstantCursor } from '@argyle/kit/keyset'
import type { Prisma } from '../generated/prisma/client.ts'
import type { Account } from './account.ts'

/** The sort name of `users`, part of each cursor. */
export const NEWEST = 'newest'

/** An account's position in the list: creation time, then id. */
export function cursorOfAccount({ createdAt, id }: Account): Cursor {
  return instantCursor(createdAt, id)
}

/**
 * The filter for accounts after a cursor, newest first. @throws GraphQLError BAD_USER_INPUT for a forged
 * cursor.
 */
export function afterCursor(cursor: Cursor | null): Prisma.AccountWhereInput {
  const after = readInstantCursor(cursor, 'usr')
  if (!after) return {}
  const { at, id } = after
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] }
}
