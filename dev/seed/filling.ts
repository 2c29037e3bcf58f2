import type { TableRow } from './database/copy-table.ts'
import type { Plan } from './plan.ts'

/** How to fill one subgraph's database. */
export type Filling = {
  /** The subgraph. */
  readonly database: string
  /** Referenced tables before referring ones; the database is empty if the first one is. */
  readonly tables: readonly { readonly name: string }[]
  rows(plan: Plan): Iterable<TableRow>
  /** Keeps keys during the copy, because a trigger needs them. */
  readonly keepsIndexes?: boolean
  /** SQL to run after the rows. */
  readonly afterwards?: readonly string[]
}
