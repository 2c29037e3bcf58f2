import type { App } from '@argyle/kit/subgraph'
import { BadWebhook, type Gateway } from '../gateway/gateway.ts'
import type { PaymentStore } from '../payment/payment-store.ts'

/** Bytes: far more than any webhook has. */
const LARGEST_WEBHOOK = 256 * 1024

type WebhookOptions = { readonly gateway: Gateway; readonly payments: PaymentStore }

/**
 * `POST /webhooks/<gateway>`: what the gateway calls when something has changed. The signature is over the bytes as they came, so they
 * are read before anything parses them. A webhook is a hint and no news: it has the payment looked up, so one that comes again, late or
 * out of order does no harm.
 */
export function webhookRoute(app: App, { gateway, payments }: WebhookOptions): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: LARGEST_WEBHOOK },
      (_request, body, done) => done(null, body),
    )
    scope.post<{ Params: { gateway: string } }>('/webhooks/:gateway', async (request, reply) => {
      if (request.params.gateway !== gateway.name)
        return reply.code(404).send({ error: 'There is no such gateway here.' })
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      try {
        const hint = await gateway.readWebhook({ body, headers: request.headers })
        if (hint) await payments.askAbout(hint)
        return reply.code(204).send()
      } catch (error) {
        if (!(error instanceof BadWebhook)) throw error
        return reply.code(400).send({ error: `The webhook was not taken: ${error.message}.` })
      }
    })
  })
}
