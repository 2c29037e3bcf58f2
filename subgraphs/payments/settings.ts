import { wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

const secret = z
  .string({ error: 'a secret of at least 16 characters' })
  .min(16, 'a secret of at least 16 characters')
const url = z.url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })

/** Settings for every gateway. */
const always = {
  /** URL to which customers return after authentication. */
  PAYMENT_RETURN_URL: url.optional(),
  /** Factor by which authentications and authorizations expire sooner, for demonstrations. */
  SPEED: wholeNumber(3_600, 1).default(1),
  /** Hours between two lookups of a payment whose refunds may still fail. */
  REFUND_CHECK_HOURS: wholeNumber(720, 1).default(24),
  /** Days after its success in which a refund may still fail; then it is not looked up any more. */
  REFUND_CHECK_DAYS: wholeNumber(365, 1).default(30),
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

/** Settings of payments in addition to those of every subgraph. README.md describes them. */
export const paymentSettings = z.preprocess(
  // The default gateway is the sandbox.
  (settings) => ({ ...Object(settings), PAYMENT_GATEWAY: Object(settings).PAYMENT_GATEWAY ?? 'sandbox' }),
  chosen,
)

export type PaymentSettings = z.output<typeof paymentSettings>
