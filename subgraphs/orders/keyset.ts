import type { Cursor, Page } from '@argyle/kit/connection'
import { badUserInput } from '@argyle/kit/errors'

/** The cursor of a row in a list that goes by a time and the id. */
export function timeCursor(at: Date, id: string): Cursor {
  return [at.toISOString(), id]
}

/**
 * The rows after a cursor in a list that goes from the newest to the oldest; null at its beginning.
 * @throws GraphQLError BAD_USER_INPUT for a cursor that `timeCursor` did not make: a client can forge any
 */
export function timeAndId({ after }: Page): { at: Date; id: string } | null {
  if (after === null) return null
  const [time, id] = after
  const at = new Date(String(time))
  // Four digits: JavaScript knows years that PostgreSQL does not.
  const isTime = /^\d{4}-/.test(String(time)) && !Number.isNaN(at.getTime())
  const isOurs = after.length === 2 && isTime && /^[\w-]{1,64}$/.test(String(id))
  if (!isOurs)
    throw badUserInput(
      `after holds ${JSON.stringify(after).slice(0, 100)}: allowed is a cursor that this list gave`,
    )
  return { at, id: String(id) }
}

/** Prisma's condition for the rows after a page's cursor, the newest first by `field`, then by id. */
export function keysetBefore<Field extends string>(field: Field, page: Page) {
  const after = timeAndId(page)
  if (!after) return {}
  const { at, id } = after
  return {
    // The first condition is implied by the second, and lets the index be entered at the cursor.
    [field]: { lte: at },
    OR: [{ [field]: { lt: at } }, { [field]: at, id: { lt: id } }],
  }
}
