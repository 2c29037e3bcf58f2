import { z } from 'zod'

const MAX_SEED = 2 ** 31 - 1

/**
 * Fault injection for requests of the shop: each field is the share of calls from 0 to 1. All are 0 until
 * `PUT /v1/faults` sets them.
 */
export const faultsSchema = z.object({
  /** Responds with 500 without any effect. */
  fail: z.number().min(0).max(1).default(0),
  /** Takes effect, then cuts the connection. */
  drop: z.number().min(0).max(1).default(0),
  /** Takes effect, then responds after `slowMs`. */
  slow: z.number().min(0).max(1).default(0),
  slowMs: z.int().min(0).max(60_000).default(3_000),
  /** Seed of the sequence of draws, which starts again; random by default. */
  seed: z.int().min(0).max(MAX_SEED).optional(),
})

export type Faults = z.output<typeof faultsSchema>

export const NO_FAULTS: Faults = faultsSchema.parse({})

export type Fault = 'fail' | 'drop' | 'slow' | null

/** Draws a fault. @param chance random number from 0 to 1 */
export function drawn({ fail, drop, slow }: Faults, chance: number): Fault {
  if (chance < fail) return 'fail'
  if (chance < fail + drop) return 'drop'
  return chance < fail + drop + slow ? 'slow' : null
}

const SLOW_MS = 3_000
/** Longer than the shop's timeout. */
const LATE_MS = 15_000

/** Delays of the cards slow and late_answer, in milliseconds. Tests shorten them, or end each pause themselves. */
export type Delays = {
  readonly slowMs?: number
  readonly lateMs?: number
  readonly pause?: (ms: number) => Promise<unknown>
}

/** The time for which the first response about a card of this behaviour is held back, in milliseconds. */
export function heldBackMs(
  behaviour: string | undefined,
  { slowMs = SLOW_MS, lateMs = LATE_MS }: Delays,
): number {
  if (behaviour === 'slow') return slowMs
  return behaviour === 'late_answer' ? lateMs : 0
}
