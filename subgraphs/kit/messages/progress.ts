import type { Tx } from '../database/database.ts'
import type { Envelope } from './envelope.ts'

/** Number of rows that store the progress, a power of two. Writers of one row wait for each other. */
const SLOTS = 16

const NOTE = `
INSERT INTO progress (slot, through) VALUES (hashtext($1) & (${SLOTS} - 1), $2::timestamptz)
ON CONFLICT (slot) DO UPDATE SET through = EXCLUDED.through WHERE progress.through < EXCLUDED.through`

/**
 * Records in the transaction of a change how current the copies of others' data are, in the subgraph's table `progress`. It is the last
 * statement of a listener, since it locks a shared row.
 */
export async function noteProgress(tx: Tx, messages: readonly Envelope[]): Promise<void> {
  const newest = messages.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)
  if (newest) await tx.$executeRawUnsafe(NOTE, newest.id, newest.time)
}

/** The time of the newest message whose change is in the copies; null before the first one. */
export async function readProgress(prisma: Tx): Promise<Date | null> {
  const [row] = await prisma.$queryRawUnsafe<{ through: Date | null }[]>(
    'SELECT max(through) AS through FROM progress',
  )
  return row?.through ?? null
}
