import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'
import type { Cursor } from './connection.ts'
import { isId } from './ids.ts'
import { formatInstant, isFormattedInstant } from './instant.ts'

/** A position in a list sorted by an instant, then by id. */
export type InstantAndId = { readonly at: Date; readonly id: string }

/** The cursor of such a position. */
export function instantCursor(at: Date, id: string): Cursor {
  return [formatInstant(at), id]
}

/**
 * Reads a cursor made by `instantCursor`; null for the start of the list.
 * @param prefix of the ids in the list.
 * @throws GraphQLError BAD_USER_INPUT for any other cursor: clients can forge them, and PostgreSQL must not
 * see those.
 */
export function readInstantCursor(after: Cursor | null, prefix: string): InstantAndId | null {
  if (after === null) return null
  const [time, id, ...rest] = after
  const isOurs = isFormattedInstant(time) && typeof id === 'string' && isId(prefix, id) && rest.length === 0
  if (isOurs) return { at: new Date(time), id }
  throw forgedCursor(after)
}

/** The error for a cursor that is well-formed, but not a position in the list. */
export function forgedCursor(after: Cursor | null) {
  return badUserInput(`after holds ${echo(after)}: allowed is a cursor of this list`)
}
