import { keySetting, wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

/** Maximum of SPEED: one hour in one second. */
export const FASTEST = 3_600

/** Settings of shipping in addition to those of every subgraph. README.md describes them. */
export const shippingSettings = z.object({
  CARRIER_URL: z.url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' }),
  CARRIER_API_KEY: keySetting,
  CARRIER_WEBHOOK_SECRET: keySetting,
  QUOTE_KEY_SECRET: keySetting,
  SPEED: wholeNumber(FASTEST, 1).default(1),
  RETURN_DAYS: wholeNumber(3_650, 1).default(60),
})

export type ShippingSettings = z.output<typeof shippingSettings>
