import { environment, readSettings } from '@argyle/kit/config'
import { z } from 'zod'

const secret = z.string().min(16)
const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)

/** The settings of the sandbox gateway as a process of its own. */
const schema = z.object({
  PORT: port,
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a URL that starts with postgresql://' }),
  SANDBOX_GATEWAY_KEY: secret,
  SANDBOX_WEBHOOK_SECRET: secret,
  /** URL of the shop's webhook endpoint: `…/webhooks/sandbox` of payments. */
  SANDBOX_WEBHOOK_URL: z.url(),
  /** Base URL of this server for browsers. */
  SANDBOX_PUBLIC_URL: z.url().optional(),
  SPEED: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .default(1),
})

/** @throws BadSettings with all invalid settings */
export function sandboxSettings(): z.output<typeof schema> {
  return readSettings(schema, environment())
}
