import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'
import type { Cursor } from './connection.ts'
import { isId } from './ids.ts'
import { formatInstant, isFormattedInstant } from './instant.ts'

/** A place in a list that goes by an instant, and by the id among rows of one instant. */
export type InstantAndId = { readonly at: Date; readonly id: string }

/** The cursor of such a place. */
export function instantCursor(at: Date, id: string): Cursor {
  return [formatInstant(at), id]
}

/**
 * Reads a cursor that `instantCursor` made; null at the beginning of the list.
 * @param prefix of the ids in the list.
 * @throws GraphQLError BAD_USER_INPUT for any other: a client can forge any, and PostgreSQL must not see it.
 */
export function readInstantCursor(after: Cursor | null, prefix: string): InstantAndId | null {
  if (after === null) return null
  const [time, id, ...rest] = after
  const isOurs = isFormattedInstant(time) && typeof id === 'string' && isId(prefix, id) && rest.length === 0
  if (isOurs) return { at: new Date(time), id }
  throw forgedCursor(after)
}

/** The error for a cursor that is well-formed, but no place in the list. */
export function forgedCursor(after: Cursor | null) {
  return badUserInput(`after holds ${echo(after)}: allowed is a cursor that this list gave`)
}
