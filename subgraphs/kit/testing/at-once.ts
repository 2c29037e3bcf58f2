import { setTimeout as pause } from 'node:timers/promises'
import { POOL_SIZE, type PrismaLike } from '../database/database.ts'
import { withHeldTables } from './held-tables.ts'

/**
 * Opens all connections of a pool. On a cold pool a race passes by accident: each call starts when its
 * connection is open, and the first may finish before the second starts.
 */
async function warm(prisma: PrismaLike, connections: number): Promise<void> {
  const all = Promise.withResolvers<void>()
  let open = 0
  const openOne = () =>
    prisma.$transaction(async (tx) => {
      await tx.$queryRawUnsafe('SELECT 1')
      open++
      if (open === connections) all.resolve()
      await all.promise
    })
  await Promise.all(Array.from({ length: connections }, openOne))
}

/** Starts all calls together, on a pool with open connections. Every race test uses it, or that of `testSubgraph`. */
export async function atOnce<T>(
  prisma: PrismaLike,
  works: readonly (() => Promise<T>)[],
  connections = POOL_SIZE,
): Promise<T[]> {
  await warm(prisma, connections)
  return Promise.all(works.map((work) => work()))
}

/** Starts all calls together, on open connections, and has them all read before any writes: see `held-tables.ts`. */
export async function atOnceHeld<T>(
  prisma: PrismaLike,
  databaseUrl: string,
  works: readonly (() => Promise<T>)[],
): Promise<T[]> {
  await warm(prisma, POOL_SIZE)
  return withHeldTables(databaseUrl, POOL_SIZE, works)
}

/**
 * Runs `work` while another transaction holds the row locks of the statement `lock`, e.g. `SELECT … FOR
 * UPDATE`.
 */
export function whileLocked<T>(
  prisma: PrismaLike,
  lock: { readonly sql: string; readonly values: readonly unknown[] },
  work: () => Promise<T>,
): Promise<T> {
  return prisma.$transaction(async (tx) => {
    const rows = await tx.$queryRawUnsafe<unknown[]>(lock.sql, ...lock.values)
    if (rows.length === 0) throw new Error(`nothing to lock: ${lock.sql}`)
    return work()
  })
}

// The wait of a session that makes a table longer ends by itself.
const WAITING = `
SELECT FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'extend'`

/**
 * Settles when this many sessions of the database wait for locks, or when one of the works has ended, which then did not wait. A race
 * that is held this way does not depend on time.
 */
export async function untilWaiting(
  prisma: Pick<PrismaLike, '$queryRawUnsafe'>,
  count: number,
  works: readonly Promise<unknown>[],
): Promise<void> {
  let hasEnded = false
  const noteEnd = () => {
    hasEnded = true
  }
  for (const work of works) work.then(noteEnd, noteEnd)
  while (!hasEnded && (await prisma.$queryRawUnsafe<unknown[]>(WAITING)).length < count) await pause(5)
}
