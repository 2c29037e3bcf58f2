import { setTimeout as pause } from 'node:timers/promises'
import type { PrismaLike } from '../../database/database.ts'

export type HeldLock = {
  /** Settles when this many sessions wait for the lock. */
  waiting(count: number): Promise<void>
  release(): Promise<void>
}

/** Holds the advisory lock 1, which some fields of notes wait for. */
export async function holdLock(prisma: PrismaLike): Promise<HeldLock> {
  const free = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const done = prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(1)')
    held.resolve()
    await free.promise
  })
  await held.promise
  const waiting =
    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
  return {
    async waiting(count) {
      while ((await prisma.$queryRawUnsafe<unknown[]>(waiting)).length !== count) await pause(10)
    },
    async release() {
      free.resolve()
      await done
    },
  }
}
