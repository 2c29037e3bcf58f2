import { z } from 'zod'
import { namedBehaviour } from './behaviour.ts'

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

const SLOW_MS = 3_000
/** Longer than the shop's timeout. */
const LATE_MS = 12_000
/** Number of 500 responses for Test Failing before a request succeeds. */
const FAILURES = 2

/**
 * Delays for the recipients Test Slow and Test Late Answer, in milliseconds. Tests shorten them, or end each
 * pause themselves.
 */
export type Delays = {
  readonly slowMs?: number
  readonly lateMs?: number
  readonly pause?: (ms: number) => Promise<unknown>
}

/** The fault of one call, with the delay of its response in milliseconds. */
export type FaultOfCall = { readonly fault: CallFault; readonly waitMs: number }

/**
 * The fault of a request for a test recipient's label; null if it has none of its own.
 * @param times number of requests with its key, including this one
 */
export function faultOfLabel(
  recipient: string,
  times: number,
  { slowMs = SLOW_MS, lateMs = LATE_MS }: Delays,
): FaultOfCall | null {
  const behaviour = namedBehaviour(recipient)
  if (behaviour === 'slow') return { fault: 'slow', waitMs: slowMs }
  if (behaviour === 'failing' && times <= FAILURES) return { fault: 'fail', waitMs: 0 }
  if (times > 1) return null
  if (behaviour === 'late_answer') return { fault: 'slow', waitMs: lateMs }
  return behaviour === 'dropped' ? { fault: 'drop', waitMs: 0 } : null
}
