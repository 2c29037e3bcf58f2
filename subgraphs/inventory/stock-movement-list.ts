import { type Connection, connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import { forgedCursor } from '@argyle/kit/keyset'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { StockMovement } from './stock-movement.ts'

const SORT = 'movements'
/** An upper bound of all ids, from which a page without a cursor starts. */
const END = Number.MAX_SAFE_INTEGER

/** Parses the arguments of a page. @throws GraphQLError BAD_USER_INPUT */
export function movementPage(args: { first?: number | null; after?: string | null }): Page {
  const page = pageArgs(args, { sort: SORT })
  if (page.after && !Number.isSafeInteger(page.after[0])) {
    throw forgedCursor(page.after)
  }
  return page
}

/** The newest entries of each of these levels, up to `first + 1`, in one statement. */
export function movementsOf(
  prisma: PrismaClient,
  stockLevelIds: readonly string[],
  { first, after }: Page,
): Promise<StockMovement[]> {
  const below = after?.[0] ?? END
  return prisma.$queryRaw<StockMovement[]>`
    SELECT movement.*
      FROM unnest(${stockLevelIds}::text[]) AS level(id)
     CROSS JOIN LATERAL (
       SELECT id, stock_level_id AS "stockLevelId", kind, on_hand_delta AS "onHandDelta",
              reserved_delta AS "reservedDelta", on_hand AS "onHand", reserved, order_id AS "orderId", at
         FROM stock_movement WHERE stock_level_id = level.id AND id < ${below}::bigint
        ORDER BY id DESC LIMIT ${first + 1}
     ) AS movement
     ORDER BY movement.id DESC`
}

/** @param rows up to `first + 1`, newest first */
export function movementConnection(rows: readonly StockMovement[], page: Page): Connection<StockMovement> {
  return connectionOf(rows, page, { sort: SORT, cursorOf: ({ id }) => [Number(id)] })
}
