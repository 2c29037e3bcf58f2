import type { Clock } from '@argyle/kit/clock'
import { rateLimited } from '@argyle/kit/errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { type Allowance, secondsToWait } from './throttle.ts'

export type ThrottleStore = ReturnType<typeof throttleStore>

/** Buckets as rows: they hold over all replicas, and one statement takes from them, so that tries at once all count. */
export function throttleStore(prisma: PrismaClient, clock: Clock) {
  return {
    /**
     * Takes one try, before it is known how the try ends: otherwise a thousand at once would pass together.
     * @throws GraphQLError RATE_LIMITED with the seconds to wait; a refused try takes nothing.
     */
    async take(key: string, allowance: Allowance): Promise<void> {
      const now = clock()
      const { burst, everyMs } = allowance
      const latest = new Date(now.getTime() + (burst - 1) * everyMs)
      const taken = await prisma.$executeRaw`
        INSERT INTO throttle AS t (key, empty_at) VALUES (${key}, ${now.toISOString()}::timestamptz + ${everyMs}::float8 * interval '1 ms')
        ON CONFLICT (key) DO UPDATE SET empty_at = greatest(t.empty_at, ${now.toISOString()}::timestamptz) + ${everyMs}::float8 * interval '1 ms'
         WHERE t.empty_at <= ${latest.toISOString()}::timestamptz`
      if (taken === 1) return
      const bucket = await prisma.throttle.findFirst({ where: { key } })
      throw rateLimited(bucket ? secondsToWait(bucket.emptyAt, allowance, now) : 1)
    },

    /** Hands one try back: it was not a wrong one. */
    async giveBack(key: string, { everyMs }: Allowance): Promise<void> {
      await prisma.$executeRaw`
        UPDATE throttle SET empty_at = empty_at - ${everyMs}::float8 * interval '1 ms' WHERE key = ${key}`
    },

    /** Empties a bucket: who knows the password makes earlier slips forgotten. */
    async clear(key: string): Promise<void> {
      await prisma.throttle.deleteMany({ where: { key } })
    },

    /** Drops the buckets that are empty. */
    async forget(): Promise<void> {
      await prisma.throttle.deleteMany({ where: { emptyAt: { lte: clock() } } })
    },
  }
}
