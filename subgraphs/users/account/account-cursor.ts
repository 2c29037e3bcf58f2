import type { Cursor } from '@argyle/kit/connection'
import { badUserInput } from '@argyle/kit/errors'
import { isId } from '@argyle/kit/ids'
import { echo } from '@argyle/kit/user-errors'
import type { Prisma } from '../generated/prisma/client.ts'
import type { Account } from './account.ts'

const INSTANT = /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** The name of the order of `users`, part of each cursor. */
export const NEWEST = 'newest'

/** Where an account stands among all: when it was made, then its id. */
export function cursorOfAccount({ createdAt, id }: Account): Cursor {
  return [createdAt.toISOString(), id]
}

/**
 * The accounts that follow a cursor, newest first.
 * @throws GraphQLError BAD_USER_INPUT when the cursor is well-formed, but no place in this list.
 */
export function afterCursor(cursor: Cursor | null): Prisma.AccountWhereInput {
  if (cursor === null) return {}
  const [time, id, ...rest] = cursor
  if (!isInstant(time) || typeof id !== 'string' || !isId('usr', id) || rest.length > 0) {
    throw badUserInput(`after holds ${echo(cursor)}: allowed is a cursor that this list gave`)
  }
  return { createdAt: { lte: time }, OR: [{ createdAt: { lt: time } }, { id: { lt: id } }] }
}

/** Whether this is an instant as we write them. JavaScript's years reach further, in both directions, than PostgreSQL's. */
function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && new Date(value).toJSON() === value
}
