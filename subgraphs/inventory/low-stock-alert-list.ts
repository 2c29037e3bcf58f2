import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { isId } from '@argyle/kit/ids'
import { forgedCursor } from '@argyle/kit/keyset'
import type { LowStockAlert, LowStockAlertState } from './low-stock-alert.ts'
import type { LowStockAlertStore } from './low-stock-alert-store.ts'

type AlertArguments = {
  first?: number | null
  after?: string | null
  state?: LowStockAlertState | null
}

const SORT = 'alerts'

/**
 * A page of alerts, newest first: their ids sort by creation time.
 * @throws GraphQLError BAD_USER_INPUT for arguments out of range
 */
export async function lowStockAlertList(
  { state, ...args }: AlertArguments,
  alerts: LowStockAlertStore,
): Promise<Connection<LowStockAlert>> {
  const page = pageArgs(args, { sort: SORT, first: 50 })
  const below = page.after === null ? null : String(page.after[0])
  if (below !== null && !isId('alr', below)) throw forgedCursor(page.after)
  const rows = await alerts.page(state ?? null, below, page)
  return connectionOf(rows, page, { sort: SORT, cursorOf: ({ id }) => [id] })
}
