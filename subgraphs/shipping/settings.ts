import { keySetting, wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

/** The fastest that a demo runs: an hour in a second. */
export const FASTEST = 3_600

/** What shipping needs to know beside what every subgraph does. README.md tells what each is for. */
export const shippingSettings = z.object({
  CARRIER_URL: z.url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' }),
  CARRIER_API_KEY: keySetting,
  CARRIER_WEBHOOK_SECRET: keySetting,
  QUOTE_KEY_SECRET: keySetting,
  SPEED: wholeNumber(FASTEST, 1).default(1),
  RETURN_DAYS: wholeNumber(3_650, 1).default(60),
})

export type ShippingSettings = z.output<typeof shippingSettings>
