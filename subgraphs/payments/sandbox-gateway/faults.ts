import { z } from 'zod'

/** How the next answers to the shop go wrong, each a share of the calls from 0 to 1. All 0 unless set by `PUT /v1/faults`. */
export const faultsSchema = z.object({
  /** Answers 500 and does nothing. */
  fail: z.number().min(0).max(1).default(0),
  /** Does it, and cuts the connection. */
  drop: z.number().min(0).max(1).default(0),
  /** Does it, and answers after `slowMs`. */
  slow: z.number().min(0).max(1).default(0),
  slowMs: z.int().min(0).max(60_000).default(3_000),
})

export type Faults = z.output<typeof faultsSchema>

export const NO_FAULTS: Faults = faultsSchema.parse({})

export type Fault = 'fail' | 'drop' | 'slow' | null

/** Draws a fault. @param chance from 0 to 1. */
export function drawn({ fail, drop, slow }: Faults, chance: number): Fault {
  if (chance < fail) return 'fail'
  if (chance < fail + drop) return 'drop'
  return chance < fail + drop + slow ? 'slow' : null
}
