import { z } from 'zod'

const secret = z
  .string({ error: 'a secret of at least 16 characters' })
  .min(16, 'a secret of at least 16 characters')
const url = z.url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
const SPEED = 'a whole number from 1 to 3600'

/** What payments needs whatever the gateway. */
const always = {
  /** Where customers come back to after a second step. */
  PAYMENT_RETURN_URL: url.optional(),
  /** How many times faster a second step and an authorization run out, for demonstrations. */
  SPEED: z
    .string({ error: SPEED })
    .regex(/^\d{1,4}$/, SPEED)
    .transform(Number)
    .refine((value) => value >= 1 && value <= 3_600, SPEED)
    .default(1),
}

const chosen = z.discriminatedUnion('PAYMENT_GATEWAY', [
  z.object({
    PAYMENT_GATEWAY: z.literal('sandbox'),
    SANDBOX_GATEWAY_URL: url,
    SANDBOX_GATEWAY_KEY: secret,
    SANDBOX_WEBHOOK_SECRET: secret,
    SANDBOX_PUBLIC_URL: url.optional(),
    ...always,
  }),
  z.object({
    PAYMENT_GATEWAY: z.literal('stripe'),
    STRIPE_SECRET_KEY: secret,
    STRIPE_PUBLISHABLE_KEY: z.string({ error: 'the key that browsers use' }).min(1),
    STRIPE_WEBHOOK_SECRET: secret,
    STRIPE_API_URL: url.default('https://api.stripe.com'),
    ...always,
  }),
  z.object({
    PAYMENT_GATEWAY: z.literal('paypal'),
    PAYPAL_CLIENT_ID: secret,
    PAYPAL_CLIENT_SECRET: secret,
    PAYPAL_WEBHOOK_ID: z.string({ error: 'the id of the webhook that PayPal shows' }).min(1),
    PAYPAL_API_URL: url.default('https://api-m.paypal.com'),
    ...always,
  }),
])

/** What payments needs to know beside what every subgraph does. README.md tells what each is for. */
export const paymentSettings = z.preprocess(
  // The sandbox is the gateway of whoever chose none.
  (settings) => ({ ...Object(settings), PAYMENT_GATEWAY: Object(settings).PAYMENT_GATEWAY ?? 'sandbox' }),
  chosen,
)

export type PaymentSettings = z.output<typeof paymentSettings>
