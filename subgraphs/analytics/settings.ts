import { timeZoneSchema } from '@argyle/kit/time-zone'
import { z } from 'zod'

/** Settings of analytics, in addition to those of every subgraph. */
export const analyticsSettings = z.object({
  /** The time zone in which days, weeks and months begin. */
  SHOP_TIME_ZONE: timeZoneSchema.default('UTC'),
})
