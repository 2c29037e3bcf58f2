import { z } from 'zod'

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** Settings of analytics, in addition to those of every subgraph. */
export const analyticsSettings = z.object({
  /** The time zone in which days, weeks and months begin. */
  SHOP_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'a time zone such as Europe/Berlin' })
    .default('UTC'),
})
