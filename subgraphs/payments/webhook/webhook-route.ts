import { finished } from 'node:stream'
import type { App } from '@argyle/kit/subgraph'
import { BadWebhook, type Gateway, GatewayUnavailable } from '../gateway/gateway.ts'
import type { PaymentStore } from '../payment/payment-store.ts'

/** Maximum size of a webhook in bytes; those of the gateways are far smaller. */
const MAX_WEBHOOK = 256 * 1024

/** Maximum number of webhooks that a process reads at once, 16 MiB of bodies. Others are refused before their bodies are read. */
export const MAX_WEBHOOKS = 64

type WebhookOptions = { readonly gateway: Gateway; readonly payments: PaymentStore }

/**
 * `POST /webhooks/<gateway>`: the gateway's notifications. The signature covers the raw body, so it is read
 * before any parsing. A webhook only triggers a lookup of the payment, so repeated, late and reordered
 * webhooks do no harm.
 */
export function webhookRoute(app: App, { gateway, payments }: WebhookOptions): void {
  void app.register(async (scope) => {
    /** Webhooks whose responses are not over, or whose handlers run. */
    const underWay = new Set<object>()
    const inHandler = new Set<object>()
    scope.addHook('onRequest', async (request, reply) => {
      if (underWay.size >= MAX_WEBHOOKS)
        return reply.code(503).send({ error: `More than ${MAX_WEBHOOKS} webhooks at once. Send it again.` })
      underWay.add(request)
      // The hook onResponse does not run for a sender that disconnects.
      finished(reply.raw, () => {
        if (!inHandler.has(request)) underWay.delete(request)
      })
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_WEBHOOK }, (_request, body, done) =>
      done(null, body),
    )
    scope.post<{ Params: { gateway: string } }>('/webhooks/:gateway', async (request, reply) => {
      if (request.params.gateway !== gateway.name)
        return reply.code(404).send({ error: 'The gateway is not configured.' })
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      inHandler.add(request)
      try {
        const hint = await gateway.readWebhook({ body, headers: request.headers }, payments.idOf)
        if (hint) await payments.lookUpSoon(hint)
        return reply.code(204).send()
      } catch (error) {
        if (error instanceof GatewayUnavailable)
          return reply.code(503).send({ error: 'The webhook was not verified. Send it again.' })
        if (!(error instanceof BadWebhook)) throw error
        return reply.code(400).send({ error: `The webhook was rejected: ${error.message}.` })
      } finally {
        inHandler.delete(request)
        if (reply.raw.closed) underWay.delete(request)
      }
    })
  })
}
