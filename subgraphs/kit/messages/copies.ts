import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { PrismaLike, Tx } from '../database/database.ts'
import type { Envelope, NewEvent } from './envelope.ts'

/**
 * Read-your-writes across subgraphs that keep copies of each other's data. A subgraph that keeps a copy
 * publishes the version that it has applied. The owner of the data records it in its table `copy_progress`,
 * and a mutation answers only when every copy has the version that it wrote. The wait is bounded: a copy that
 * is unavailable delays an answer, and never refuses it.
 */

/** The event by which a copy reports an applied message. `type` is `<copy's subgraph>.<thing>.applied`. */
export function copyApplied(type: string, { subject, sequence }: Envelope): NewEvent {
  return { type, subject, sequence, data: { copyOf: subject, version: sequence } }
}

const applied = z.object({ copyOf: z.string(), version: z.int() })

const REMEMBER = `
INSERT INTO copy_progress (consumer, subject, version) VALUES ($1, $2, $3)
ON CONFLICT (consumer, subject) DO UPDATE SET version = EXCLUDED.version, recorded_at = now()
 WHERE copy_progress.version < EXCLUDED.version`

/** The owner's listener for `<consumer>.<thing>.applied`. */
export async function recordCopyProgress({ source, data }: Envelope, tx: Tx): Promise<void> {
  const { copyOf, version } = applied.parse(data)
  await tx.$executeRawUnsafe(REMEMBER, source, copyOf, version)
}

const BEHIND = `
SELECT c.consumer FROM unnest($1::text[]) AS c(consumer)
 WHERE NOT EXISTS (SELECT 1 FROM copy_progress p WHERE p.consumer = c.consumer AND p.subject = $2 AND p.version >= $3)`

/** Pauses between polls, in ms. Their sum is the maximum wait: 1 s. */
const PAUSES_MS = [8, 8, 12, 16, 24, 40, 80, 160, 300, 352] as const

/** Resolves to whether every copy has the version, after at most 1 s. */
export type CopyWaiter = (subject: string, version: number) => Promise<boolean>

type WaiterOptions = {
  readonly prisma: Pick<PrismaLike, '$queryRawUnsafe'>
  /** The subgraphs that keep a copy. */
  readonly consumers: readonly string[]
  /**
   * Publishes the mutation's events at once; undefined without a bus, where there is nothing to wait for. A promise that it returns is
   * awaited.
   */
  readonly publishNow: (() => unknown) | undefined
  readonly pause?: (ms: number) => Promise<unknown>
}

/**
 * Waits until every copy has applied a version. Progress is read from the owner's database, so any replica
 * may have received the event. No transaction is open during the wait.
 */
export function copyWaiter({ prisma, consumers, publishNow, pause = sleep }: WaiterOptions): CopyWaiter {
  return async (subject, version) => {
    if (!publishNow) return false
    await publishNow()
    for (const ms of PAUSES_MS) {
      await pause(ms)
      const behind = await prisma.$queryRawUnsafe<unknown[]>(BEHIND, [...consumers], subject, version)
      if (behind.length === 0) return true
    }
    return false
  }
}

const PRUNE = `DELETE FROM copy_progress WHERE recorded_at < now() - interval '1 hour'`

/** Deletes old progress, which is needed only while a mutation waits. Run it by a timer of the owner. */
export async function deleteOldCopyProgress(prisma: Pick<PrismaLike, '$executeRawUnsafe'>): Promise<void> {
  await prisma.$executeRawUnsafe(PRUNE)
}
