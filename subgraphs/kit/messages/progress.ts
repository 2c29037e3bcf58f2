import type { Tx } from '../database/database.ts'
import { executeLater } from '../database/later.ts'
import type { Envelope } from './envelope.ts'

/** Number of rows that store the progress, a power of two. Writers of one row wait for each other. */
const SLOTS = 16

/**
 * A table with the columns `slot` and `through`. A subgraph has one for each group of copies whose progress
 * differs.
 */
type ProgressTable = 'progress' | `${string}_progress`

const noteIn = (table: ProgressTable) => `
INSERT INTO ${table} AS kept (slot, through) VALUES (hashtext($1) & (${SLOTS} - 1), $2::timestamptz)
ON CONFLICT (slot) DO UPDATE SET through = EXCLUDED.through WHERE kept.through < EXCLUDED.through`

/**
 * Records in the transaction of a change how current the copies of others' data are. It is the last statement of a listener, since it
 * locks a shared row.
 */
export async function recordProgress(
  tx: Tx,
  messages: readonly Envelope[],
  table: ProgressTable = 'progress',
): Promise<void> {
  const newest = messages.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)
  if (newest) await executeLater(tx, { text: noteIn(table), values: [newest.id, newest.time] })
}

/** The time of the newest message whose change is in the copies; null before the first one. */
export async function readProgress(
  prisma: Pick<Tx, '$queryRawUnsafe'>,
  table: ProgressTable = 'progress',
): Promise<Date | null> {
  const [row] = await prisma.$queryRawUnsafe<{ through: Date | null }[]>(
    `SELECT max(through) AS through FROM ${table}`,
  )
  return row?.through ?? null
}
