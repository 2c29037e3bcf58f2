import { z } from 'zod'

const MAX_SEED = 2 ** 31 - 1
const share = z.number().min(0).max(1).default(0)

/**
 * Fault injection: each field is a share from 0 to 1. All are 0 until `PUT /v1/faults` sets them. They are
 * stored and survive a restart.
 */
export const faultsSchema = z.strictObject({
  /** Share of calls: responds with 500 without any effect. */
  fail: share,
  /** Share of calls: takes effect, then cuts the connection. */
  drop: share,
  /** Share of calls: takes effect, then responds after `slowMs`. */
  slow: share,
  slowMs: z.int().min(0).max(60_000).default(3_000),
  /** Share of parcels: lost on the way. */
  lose: share,
  /** Shares of webhooks: never sent; sent twice; sent `lateSeconds` late, after newer ones. */
  webhookNone: share,
  webhookTwice: share,
  webhookLate: share,
  lateSeconds: z.int().min(0).max(3_600).default(20),
  /** Seed of the sequence of draws, which starts again, and of the draws of webhooks; random by default. */
  seed: z.int().min(0).max(MAX_SEED).optional(),
})

export type Faults = z.output<typeof faultsSchema>
export type CallFault = 'fail' | 'drop' | 'slow' | null

/** Draws a fault of a call. @param chance random number from 0 to 1 */
export function drawn({ fail, drop, slow }: Faults, chance: number): CallFault {
  if (chance < fail) return 'fail'
  if (chance < fail + drop) return 'drop'
  return chance < fail + drop + slow ? 'slow' : null
}
