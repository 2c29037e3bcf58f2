// Tested in ../seed-shop.int.test.ts: rows are tested where they are copied.

import type pg from 'pg'
import { ordersByCustomer } from '../customers/life-stream.ts'
import { instant, type TableRow, table } from '../database/copy-table.ts'
import { DAY, type Plan } from '../plan.ts'

const quarterCount = table('quarter_count', ['quarter', 'slot', 'count', 'is_told'])

export const activityTables = [quarterCount]

const MINUTE = 60_000
const QUARTER = 15 * MINUTE
/** The carts of each order: its own, begun shortly before, and two that were left at other times. */
const CARTS_BEGUN_BEFORE = [25 * MINUTE, 5 * 60 * MINUTE, 31 * 60 * MINUTE]
/** Views that led to each cart. */
const VIEWS_OF_A_CART = 7
/** Time for which counts are kept. */
const KEPT = 800 * DAY

/** The number of carts in each quarter of an hour, in the order of time. */
function cartsByQuarter(plan: Plan): [quarter: number, count: number][] {
  const counts = new Map<number, number>()
  for (const { placedAt } of ordersByCustomer(plan))
    for (const before of CARTS_BEGUN_BEFORE) {
      const quarter = Math.floor((placedAt - before) / QUARTER) * QUARTER
      if (quarter > plan.today - KEPT) counts.set(quarter, (counts.get(quarter) ?? 0) + 1)
    }
  return [...counts].toSorted(([a], [b]) => a - b)
}

/** The counts of carts in orders. Histories publish them, so none waits to be published. */
export function* activityRows(plan: Plan): Generator<TableRow> {
  for (const [quarter, count] of cartsByQuarter(plan))
    yield quarterCount.row({ quarter: instant(quarter), slot: 0, count, is_told: true })
}

const INSERT = `
INSERT INTO quarter_count (quarter, slot, count, is_told)
SELECT quarter, 0, count, true FROM unnest($1::timestamptz[], $2::int[]) AS made (quarter, count) ON CONFLICT DO NOTHING`

/** The counts of views in recommendations, which is filled by histories otherwise. */
export async function insertViews(client: pg.ClientBase, plan: Plan): Promise<void> {
  const rows = cartsByQuarter(plan)
  const quarters = rows.map(([quarter]) => instant(quarter))
  const counts = rows.map(([, count]) => count * VIEWS_OF_A_CART)
  await client.query(INSERT, [quarters, counts])
}
