import type { Envelope } from '@argyle/kit/envelope'
import type { PrismaClient } from './generated/prisma/client.ts'

/** The time of the oldest event in a batch. */
export function oldestOf(messages: readonly Envelope[]): string {
  return messages.map(({ time }) => time).toSorted()[0] ?? new Date(0).toISOString()
}

/**
 * The time up to which events are included in the lists: that of the newest message, or of the oldest
 * purchase that is not derived yet. Null before the first message.
 */
export async function readDerivedProgress(prisma: PrismaClient): Promise<Date | null> {
  const [row] = await prisma.$queryRaw<{ through: Date | null }[]>`
    SELECT LEAST((SELECT max(through) FROM progress),
                 (SELECT min(event_at) FROM stale_product WHERE source = 'PURCHASE')) AS through`
  return row?.through ?? null
}
