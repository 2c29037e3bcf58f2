import { keySetting, serviceSettings, wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'
import { FASTEST } from '../settings.ts'

const { PORT, HOST, DATABASE_URL } = serviceSettings.shape

/** The settings of the simulated carrier as a process of its own. */
export const carrierSettings = z.object({
  PORT,
  HOST,
  DATABASE_URL,
  CARRIER_API_KEY: keySetting,
  CARRIER_WEBHOOK_SECRET: keySetting,
  /** URL of the shop's webhook endpoint: `…/webhooks/carrier` of shipping. */
  WEBHOOK_URL: z.url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' }),
  SPEED: wholeNumber(FASTEST, 1).default(1),
})
