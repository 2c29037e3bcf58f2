// Tested in ../settings.test.ts: the settings of payments and of its sandbox share examples.

import { serviceSettings, wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

const secret = z.string().min(16)
const { PORT, HOST, DATABASE_URL } = serviceSettings.shape
/** Maximum of SPEED: one hour in one second. */
const FASTEST = 3_600

/** The settings of the sandbox gateway as a process of its own. */
export const sandboxSettings = z.object({
  PORT,
  HOST,
  DATABASE_URL,
  SANDBOX_GATEWAY_KEY: secret,
  SANDBOX_WEBHOOK_SECRET: secret,
  /** URL of the shop's webhook endpoint: `…/webhooks/sandbox` of payments. */
  SANDBOX_WEBHOOK_URL: z.url(),
  /** Base URL of this server for browsers. */
  SANDBOX_PUBLIC_URL: z.url().optional(),
  SPEED: wholeNumber(FASTEST, 1).default(1),
})
