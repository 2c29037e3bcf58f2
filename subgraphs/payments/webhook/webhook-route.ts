import { countingGuess } from '@argyle/kit/guesses'
import type { App } from '@argyle/kit/subgraph'
import { type Allowance, addressBucket, type Throttle } from '@argyle/kit/throttle'
import { GraphQLError } from 'graphql'
import { BadWebhook, type Gateway, GatewayUnavailable, type Hint, type Webhook } from '../gateway/gateway.ts'
import type { PaymentStore } from '../payment/payment-store.ts'

/** Maximum size of a webhook in bytes; those of the gateways are far smaller. */
const LARGEST_WEBHOOK = 256 * 1024

/** Limit of rejected webhooks per address, where the gateway is asked about each: far more than a gateway sends by mistake. */
export const REJECTED_PER_ADDRESS: Allowance = { burst: 30, everyMs: 10_000 }

type WebhookOptions = {
  readonly gateway: Gateway
  readonly payments: PaymentStore
  readonly throttle: Throttle
}

/** Reads a webhook, or tells why not. A rejected one counts where it may have cost a call to the gateway. */
function read(
  { gateway, throttle }: WebhookOptions,
  webhook: Webhook,
  address: string,
): Promise<Hint | null | BadWebhook> {
  const attempt = () =>
    gateway.readWebhook(webhook).catch((error: unknown) => {
      if (error instanceof BadWebhook) return error
      throw error
    })
  if (!gateway.asksAboutWebhooks) return attempt()
  const buckets = [{ key: addressBucket('webhook', address), allowance: REJECTED_PER_ADDRESS }]
  return countingGuess(throttle, buckets, attempt, (outcome) => outcome instanceof BadWebhook)
}

/**
 * `POST /webhooks/<gateway>`: the gateway's notifications. The signature covers the raw body, so it is read
 * before any parsing. A webhook only triggers a lookup of the payment, so repeated, late and reordered
 * webhooks do no harm.
 */
export function webhookRoute(app: App, options: WebhookOptions): void {
  const { gateway, payments } = options
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: LARGEST_WEBHOOK },
      (_request, body, done) => done(null, body),
    )
    scope.post<{ Params: { gateway: string } }>('/webhooks/:gateway', async (request, reply) => {
      if (request.params.gateway !== gateway.name)
        return reply.code(404).send({ error: 'The gateway is not configured.' })
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      try {
        const hint = await read(options, { body, headers: request.headers }, request.ip)
        if (hint instanceof BadWebhook)
          return reply.code(400).send({ error: `The webhook was rejected: ${hint.message}.` })
        if (hint) await payments.askAbout(hint)
        return reply.code(204).send()
      } catch (error) {
        if (error instanceof GatewayUnavailable)
          return reply.code(503).send({ error: 'The webhook was not verified. Send it again.' })
        if (!(error instanceof GraphQLError && error.extensions.code === 'RATE_LIMITED')) throw error
        return reply
          .code(429)
          .header('retry-after', String(error.extensions.retryAfterSeconds))
          .send({ error: `Too many webhooks from ${request.ip} were rejected. ${error.message}` })
      }
    })
  })
}
