import { z } from 'zod'
import type { Tx } from '../database/database.ts'
import { eachDue } from '../database/each-due.ts'
import type { Envelope } from '../messages/envelope.ts'
import type { Clock } from '../service/clock.ts'

/**
 * Erasure of the personal data of users whose accounts are deleted. Data that is still needed, such as the
 * address of an order under way, is erased later, so the erasure of each user is repeated. A subgraph that
 * uses it copies `deleted-users.sql` into a migration.
 */

/**
 * Erases all data of a user that is no longer needed. It is idempotent. @returns whether some data has to
 * stay for now
 */
export type Erase = (tx: Tx, userId: string, now: Date) => Promise<boolean>

/** Shortest time until the erasure of a user is repeated. */
const MIN_PAUSE_MS = 3_600_000
/** Time for which late messages, such as the commands of an order under way, may bring data back. */
const WATCHED_MS = 60 * 24 * 3_600_000

const NOTE = `
INSERT INTO deleted_user (user_id, deleted_at, due_at) VALUES ($1, $2::timestamptz, $3::timestamptz) ON CONFLICT DO NOTHING`
const CLAIM = `
SELECT user_id AS "userId", deleted_at AS "deletedAt" FROM deleted_user WHERE due_at <= $1::timestamptz
 AND user_id <> ALL($2::text[])
 ORDER BY due_at, user_id LIMIT 1 FOR UPDATE SKIP LOCKED`
const POSTPONE = 'UPDATE deleted_user SET due_at = $2::timestamptz WHERE user_id = $1'
const KNOWN = 'SELECT 1 FROM deleted_user WHERE user_id = $1'

type Row = { readonly userId: string; readonly deletedAt: Date }
type Database = { $transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R> }

const deleted = z.object({ userId: z.string(), deletedAt: z.iso.datetime() })

/**
 * The time at which the erasure of a user is repeated: after an hour, then at growing intervals; null once
 * all is erased.
 */
export function nextErasure(deletedAt: Date, isLeft: boolean, now: Date): Date | null {
  const ageMs = now.getTime() - deletedAt.getTime()
  if (!isLeft && ageMs >= WATCHED_MS) return null
  return new Date(now.getTime() + Math.max(MIN_PAUSE_MS, ageMs / 8))
}

/** The listener for `users.account.deleted`. */
export async function eraseDeleted({ data }: Envelope, tx: Tx, now: Date, erase: Erase): Promise<void> {
  const { userId, deletedAt } = deleted.parse(data)
  const isLeft = await erase(tx, userId, now)
  await tx.$executeRawUnsafe(NOTE, userId, deletedAt, nextErasure(new Date(deletedAt), isLeft, now))
}

/** Whether the account of a user is deleted. */
export async function isDeletedUser(tx: Tx, userId: string): Promise<boolean> {
  return (await tx.$queryRawUnsafe<unknown[]>(KNOWN, userId)).length > 0
}

/** Repeats the erasures that are due. Run it by a timer; any number of replicas share the work. */
export async function eraseDue(prisma: Database, clock: Clock, erase: Erase): Promise<void> {
  await eachDue((except, claimed) =>
    prisma.$transaction(async (tx) => {
      const now = clock()
      const [user] = await tx.$queryRawUnsafe<Row[]>(CLAIM, now, except)
      if (!user) return false
      const { userId, deletedAt } = user
      claimed(userId)
      const isLeft = await erase(tx, userId, now)
      await tx.$executeRawUnsafe(POSTPONE, userId, nextErasure(deletedAt, isLeft, now))
      return true
    }),
  )
}
