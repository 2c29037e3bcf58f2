import { createHash } from 'node:crypto'
import type { Tx } from '../database/database.ts'
import { rateLimited } from '../errors/errors.ts'
import type { Clock } from '../service/clock.ts'
import { networkOf } from './network.ts'

/** A leaky bucket: `burst` attempts at once, then one every `everyMs` milliseconds. */
export type Allowance = { readonly burst: number; readonly everyMs: number }

export type Throttle = ReturnType<typeof throttleOn>

const TAKE = `
INSERT INTO throttle AS t (key, empty_at) VALUES ($1, $2::timestamptz + $3::float8 * interval '1 ms')
ON CONFLICT (key) DO UPDATE SET empty_at = greatest(t.empty_at, $2::timestamptz) + $3::float8 * interval '1 ms'
 WHERE t.empty_at <= $4::timestamptz`
const EMPTY_AT = 'SELECT empty_at AS "emptyAt" FROM throttle WHERE key = $1'
const GIVE_BACK = `UPDATE throttle SET empty_at = empty_at - $2::float8 * interval '1 ms' WHERE key = $1`
const CLEAR = 'DELETE FROM throttle WHERE key = $1'
const FORGET = 'DELETE FROM throttle WHERE empty_at <= $1::timestamptz'

/**
 * Limits attempts, not requests: a resolver takes one attempt from a bucket for each try, so 100 aliases are
 * 100 attempts. Buckets are rows of `throttle` (`throttle.sql`), shared by all replicas. An attempt is taken
 * by one statement, so parallel attempts all count.
 */
export function throttleOn(prisma: Tx, clock: Clock) {
  return {
    /**
     * Takes one attempt from a bucket. Call it before the outcome is known, and give the attempt back if it
     * need not count.
     * @param key from `addressBucket` or `hashedBucket`.
     * @throws GraphQLError RATE_LIMITED with `retryAfterSeconds`; a refused attempt does not count.
     */
    async take(key: string, allowance: Allowance): Promise<void> {
      const now = clock()
      const { burst, everyMs } = allowance
      const latest = new Date(now.getTime() + (burst - 1) * everyMs)
      const taken = await prisma.$executeRawUnsafe(
        TAKE,
        key,
        now.toISOString(),
        everyMs,
        latest.toISOString(),
      )
      if (taken === 1) return
      const [bucket] = await prisma.$queryRawUnsafe<{ emptyAt: Date }[]>(EMPTY_AT, key)
      throw rateLimited(bucket ? secondsToWait(bucket.emptyAt, allowance, now) : 1)
    },

    /** Gives one attempt back, e.g. a successful one. */
    async giveBack(key: string, { everyMs }: Allowance): Promise<void> {
      await prisma.$executeRawUnsafe(GIVE_BACK, key, everyMs)
    },

    /** Empties a bucket, so that earlier attempts no longer count. */
    async clear(key: string): Promise<void> {
      await prisma.$executeRawUnsafe(CLEAR, key)
    },

    /** Deletes empty buckets; run it by an hourly timer. */
    async forget(): Promise<void> {
      await prisma.$executeRawUnsafe(FORGET, clock().toISOString())
    },
  }
}

/**
 * The bucket of a client address: an IPv4 address, or the /64 network of an IPv6 address. Callers with an
 * unknown address share one bucket.
 * @param kind of attempt, e.g. `sign-in`.
 */
export function addressBucket(kind: string, clientAddress: string | null): string {
  return `${kind}:${clientAddress === null ? 'unknown' : networkOf(clientAddress)}`
}

/**
 * The bucket of a value that must not appear in the table, e.g. an e-mail address: the key holds its SHA-256.
 */
export function hashedBucket(kind: string, ...values: string[]): string {
  return `${kind}:${createHash('sha256').update(JSON.stringify(values)).digest('base64url')}`
}

/** Whole seconds until a bucket that will be empty at `emptyAt` has room for one more attempt. */
export function secondsToWait(emptyAt: Date, { burst, everyMs }: Allowance, now: Date): number {
  const roomAt = emptyAt.getTime() - (burst - 1) * everyMs
  return Math.max(1, Math.ceil((roomAt - now.getTime()) / 1_000))
}
