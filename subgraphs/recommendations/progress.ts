import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Number of rows that store the progress. Writers of one row wait for each other. */
const SLOTS = 16

const NOTE = `
INSERT INTO progress (slot, through) VALUES (mod(abs(hashtext($1)), ${SLOTS}), $2::timestamptz)
ON CONFLICT (slot) DO UPDATE SET through = EXCLUDED.through WHERE progress.through < EXCLUDED.through`

/** Records in the transaction of a change how current the copies are. It is the last statement of a listener, since it locks a shared row. */
export async function noteProgress(tx: Tx, messages: readonly Envelope[]): Promise<void> {
  const newest = messages.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)
  if (newest) await tx.$executeRawUnsafe(NOTE, newest.id, newest.time)
}

/** The time of the oldest event in a batch. */
export function oldestOf(messages: readonly Envelope[]): string {
  return messages.map(({ time }) => time).toSorted()[0] ?? new Date(0).toISOString()
}

/**
 * The time up to which events show in the lists: that of the newest message, or of the oldest purchase that is not
 * derived yet. Null before the first message.
 */
export async function readProgress(prisma: PrismaClient): Promise<Date | null> {
  const [row] = await prisma.$queryRaw<{ through: Date | null }[]>`
    SELECT LEAST((SELECT max(through) FROM progress),
                 (SELECT min(event_at) FROM stale_product WHERE source = 'PURCHASE')) AS through`
  return row?.through ?? null
}
