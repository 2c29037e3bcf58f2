import { z } from 'zod'

const share = z.number().min(0).max(1).default(0)

/** What goes wrong on purpose, each a share from 0 to 1; all 0 unless set by `PUT /v1/faults`. It is kept over a restart. */
export const faultsSchema = z.strictObject({
  /** Of calls: answers 500, and does nothing. */
  fail: share,
  /** Of calls: does it, and cuts the connection. */
  drop: share,
  /** Of calls: does it, and answers after `slowMs`. */
  slow: share,
  slowMs: z.int().min(0).max(60_000).default(3_000),
  /** Of parcels: lost on the way. */
  lose: share,
  /** Of webhooks: never sent; sent twice; sent `lateSeconds` late, behind those that come after. */
  webhookNone: share,
  webhookTwice: share,
  webhookLate: share,
  lateSeconds: z.int().min(0).max(3_600).default(20),
})

export type Faults = z.output<typeof faultsSchema>
export type CallFault = 'fail' | 'drop' | 'slow' | null

/** Draws what goes wrong with a call. @param chance from 0 to 1. */
export function drawn({ fail, drop, slow }: Faults, chance: number): CallFault {
  if (chance < fail) return 'fail'
  if (chance < fail + drop) return 'drop'
  return chance < fail + drop + slow ? 'slow' : null
}
