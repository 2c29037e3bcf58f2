import type { Databases } from '../databases.ts'
import type { Facts } from './order-facts.ts'
import { type Violation, violation } from './violation.ts'

/** The legal moves of an order, by subgraphs/orders/saga. */
const MOVES: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['AWAITING_PAYMENT', 'CONFIRMED', 'CANCELLING', 'CANCELLED'],
  AWAITING_PAYMENT: ['CONFIRMED', 'CANCELLING'],
  CONFIRMED: ['FULFILLING', 'SHIPPED', 'DELIVERED', 'CANCELLING'],
  FULFILLING: ['SHIPPED', 'DELIVERED', 'CANCELLING', 'REFUNDED'],
  SHIPPED: ['DELIVERED', 'REFUNDED'],
  DELIVERED: ['REFUNDED'],
  CANCELLING: ['CANCELLED', 'FULFILLING', 'SHIPPED', 'DELIVERED'],
  CANCELLED: [],
  REFUNDED: [],
}

type Change = {
  readonly orderId: string
  readonly version: number
  readonly from: string | null
  readonly to: string
}

const CHANGES = `
SELECT order_id AS "orderId", order_status_change.version, from_status::text AS "from", to_status::text AS "to"
  FROM order_status_change JOIN orders ON id = order_id WHERE placed_at >= $1 ORDER BY order_id, order_status_change.version`

/** Invariant 8: history is a legal path, and versions grow by one. */
export async function historyViolations(
  { rows }: Databases,
  facts: Facts,
  since: Date,
): Promise<Violation[]> {
  const changes = Map.groupBy(await rows<Change>('orders', CHANGES, [since]), ({ orderId }) => orderId)
  return facts.orders.flatMap((order) => {
    const problems = pathProblems(changes.get(order.id) ?? [], order)
    return problems.map((text) => violation(8, order.id, text))
  })
}

/** @returns the errors in an order's path of statuses up to the current one. */
export function pathProblems(
  path: readonly Omit<Change, 'orderId'>[],
  { status, version }: { readonly status: string; readonly version: number },
): string[] {
  const problems: string[] = []
  let before: string | null = null
  for (const [place, change] of path.entries()) {
    if (change.version !== place + 1) problems.push(`version ${change.version} stands in place ${place + 1}`)
    if (change.from !== before)
      problems.push(`version ${change.version} begins at ${change.from}, after ${before}`)
    const isLegal: boolean =
      before === null ? change.to === 'PENDING' : (MOVES[before]?.includes(change.to) ?? false)
    if (!isLegal) problems.push(`it went from ${before} to ${change.to}`)
    before = change.to
  }
  if (before !== status) problems.push(`it is ${status}, but its history ends at ${before}`)
  if (path.length !== version) problems.push(`its version is ${version} after ${path.length} changes`)
  return problems
}
