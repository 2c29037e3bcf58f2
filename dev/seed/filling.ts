import type { TableRow } from './copy-table.ts'
import type { Plan } from './plan.ts'

/** How one subgraph's database is filled. */
export type Filling = {
  /** The subgraph. */
  readonly database: string
  /** Those referred to before those that refer; the first one tells whether the database is empty. */
  readonly tables: readonly { readonly name: string }[]
  rows(plan: Plan): Iterable<TableRow>
  /** Keys have to stand while the rows come: a trigger needs them. */
  readonly keepsIndexes?: boolean
  /** SQL to run after the rows. */
  readonly afterwards?: readonly string[]
}
