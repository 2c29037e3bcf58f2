// Tested in paypal-gateway.test.ts: the adapter reads its webhooks.

import { z } from 'zod'
import { BadWebhook, CALL_MS, type Gateway, GatewayUnavailable, type Hint } from './gateway.ts'
import type { PayPalSettings } from './paypal-client.ts'
import { TOLERANCE_SECONDS } from './webhook-signature.ts'

const event = z.object({
  resource: z.object({
    id: z.string(),
    custom_id: z.string().optional(),
    purchase_units: z.array(z.object({ custom_id: z.string().optional() })).optional(),
    supplementary_data: z
      .object({ related_ids: z.object({ order_id: z.string().optional() }).optional() })
      .optional(),
  }),
  resource_type: z.string(),
})

const verdict = z.object({ verification_status: z.string() })

/** The signature headers of a webhook, under the names that PayPal's verification API expects. */
const SIGNED = {
  auth_algo: 'paypal-auth-algo',
  cert_url: 'paypal-cert-url',
  transmission_id: 'paypal-transmission-id',
  transmission_sig: 'paypal-transmission-sig',
  transmission_time: 'paypal-transmission-time',
} as const

/**
 * Maximum number of webhooks that PayPal verifies for one process at once, one for each payment. PayPal repeats a webhook that is refused, and without it
 * the payment is looked up later.
 */
export const MAX_VERIFICATIONS = 8

/**
 * Parses PayPal's webhooks. PayPal's API (`verify-webhook-signature`) verifies the signature, which uses a
 * certificate and which the SDK does not support. The body is sent unchanged, since the signature covers its
 * bytes. A forged webhook causes a request to PayPal only if it names the id of a payment, and each payment
 * has one such request at a time.
 */
export function paypalWebhook(
  { url, webhookId, callMs = CALL_MS }: PayPalSettings,
  accessToken: () => Promise<string>,
): Gateway['readWebhook'] {
  /** The payments whose webhooks are being verified. */
  const underWay = new Set<string>()
  return async ({ body, headers }, paymentOf) => {
    const signed = Object.entries(SIGNED).map(([name, header]) => [name, headers[header]] as const)
    if (signed.some(([, value]) => typeof value !== 'string')) throw new BadWebhook('it has no signature')
    const sentAt = Date.parse(String(headers[SIGNED.transmission_time]))
    if (!(Math.abs(Date.now() - sentAt) <= TOLERANCE_SECONDS * 1_000))
      throw new BadWebhook(`its time is not within ${TOLERANCE_SECONDS} s of now`)
    const text = body.toString('utf8')
    const parsed = event.safeParse(jsonOf(text))
    const about = JSON.stringify({ ...Object.fromEntries(signed), webhook_id: webhookId })
    const request = `${about.slice(0, -1)},"webhook_event":${text}}`
    const hint = parsed.success ? hintOf(parsed.data) : null
    const payment = hint && (await paymentOf(hint))
    if (payment === null) return null
    if (underWay.has(payment)) throw new GatewayUnavailable('a webhook about the payment is being verified')
    if (underWay.size >= MAX_VERIFICATIONS)
      throw new GatewayUnavailable(
        `${underWay.size} webhooks are being verified: allowed are ${MAX_VERIFICATIONS} at once`,
      )
    underWay.add(payment)
    try {
      if (!(await isPayPals(url, { token: await accessToken(), callMs }, request)))
        throw new BadWebhook('its signature is wrong')
    } finally {
      underWay.delete(payment)
    }
    return hint
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadWebhook('it is not JSON')
  }
}

type Caller = { readonly token: string; readonly callMs: number }

async function isPayPals(url: string, { token, callMs }: Caller, body: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/v1/notifications/verify-webhook-signature', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
      signal: AbortSignal.timeout(callMs),
    })
    return verdict.parse(await response.json()).verification_status === 'SUCCESS'
  } catch (error) {
    throw new GatewayUnavailable('PayPal did not verify the webhook', { cause: error })
  }
}

function hintOf({ resource, resource_type: type }: z.output<typeof event>): Hint {
  const orderOfShop = resource.custom_id ?? resource.purchase_units?.[0]?.custom_id ?? null
  const ref =
    type === 'checkout-order' ? resource.id : (resource.supplementary_data?.related_ids?.order_id ?? null)
  return { ref, orderId: orderOfShop }
}
