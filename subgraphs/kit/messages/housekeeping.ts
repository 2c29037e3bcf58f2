import type { PrismaLike } from '../database/database.ts'
import type { Resources, Timer } from '../service/subgraph.ts'

const HOUR_MS = 3_600_000
/** Rows per statement, few enough that its locks are short. */
const BATCH = 1_000

/** Days for which each kind of row is kept. Dead letters are kept until they are replayed. */
export const RETENTION_DAYS = {
  /** From publication: how far back events can be published again. */
  outbox: 30,
  /** Longer than the outbox, so that an event published again is recognised as a duplicate. */
  inbox: 60,
  /** Far longer than any client retries. */
  idempotency: 7,
} as const

// Event ids contain their creation time (UUIDv7), so the primary key finds the old ones without another
// index.
const OLDEST_EVENT = (days: number) =>
  `'evt_' || overlay(lpad(to_hex((extract(epoch FROM now() - interval '${days} days') * 1000)::bigint), 12, '0')
     PLACING '-' FROM 9 FOR 0)`

const PRUNE = {
  outbox: `
DELETE FROM outbox_message WHERE id IN (
  SELECT id FROM outbox_message
   WHERE id < ${OLDEST_EVENT(RETENTION_DAYS.outbox)} AND published_at < now() - interval '${RETENTION_DAYS.outbox} days'
   LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  inbox: `
DELETE FROM inbox_message WHERE consumer = $1 AND event_id IN (
  SELECT event_id FROM inbox_message
   WHERE consumer = $1 AND event_id < ${OLDEST_EVENT(RETENTION_DAYS.inbox)}
     AND handled_at < now() - interval '${RETENTION_DAYS.inbox} days'
   LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  idempotency: `
DELETE FROM idempotency_record WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM idempotency_record
   WHERE created_at < now() - interval '${RETENTION_DAYS.idempotency} days'
   LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
}

/** Deletes expired rows of the kit's tables, in batches that replicas share. */
export async function prune(prisma: PrismaLike, consumer: string): Promise<void> {
  const all = async (sql: string, ...values: string[]) => {
    while ((await prisma.$executeRawUnsafe(sql, ...values)) === BATCH);
  }
  await all(PRUNE.outbox)
  await all(PRUNE.inbox, consumer)
  await all(PRUNE.idempotency)
}

/** The timer for `prune`, which the kit adds to every subgraph. */
export function housekeeping(consumer: string): Timer<Resources> {
  return { name: 'housekeeping', everyMs: HOUR_MS, run: ({ prisma }) => prune(prisma, consumer) }
}
