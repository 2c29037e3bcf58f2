import type { Page } from '@argyle/kit/connection'
import { readInstantCursor } from '@argyle/kit/keyset'

/**
 * Prisma's condition for the rows after a page's cursor, newest first by `field`, then by id.
 * @param prefix of the ids in the list
 * @throws GraphQLError BAD_USER_INPUT for an invalid cursor
 */
export function keysetBefore<Field extends string>(field: Field, prefix: string, page: Page) {
  const after = readInstantCursor(page.after, prefix)
  if (!after) return {}
  const { at, id } = after
  return {
    // Redundant, but PostgreSQL needs it to start the index scan at the cursor.
    [field]: { lte: at },
    OR: [{ [field]: { lt: at } }, { [field]: at, id: { lt: id } }],
  }
}
