import { type AddressInfo, connect } from 'node:net'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { BadWebhook, type Gateway, GatewayUnavailable } from '../gateway/gateway.ts'
import type { PaymentStore } from '../payment/payment-store.ts'
import { MAX_WEBHOOKS, webhookRoute } from './webhook-route.ts'

/** A server with the route and the parts that it needs. A webhook without content looks up no payment. */
function served(readWebhook: Gateway['readWebhook']) {
  const app = Fastify()
  const gateway = { name: 'sandbox', readWebhook } as unknown as Gateway
  const route = app as unknown as Parameters<typeof webhookRoute>[0]
  webhookRoute(route, { gateway, payments: {} as PaymentStore })
  return app
}

/** The answer to a webhook whose reader throws this error; null: it is read and has no content. */
async function answered(error: Error | null, path = '/webhooks/sandbox'): Promise<unknown[]> {
  const app = served(async () => {
    if (error) throw error
    return null
  })
  const { statusCode, body } = await app.inject({ method: 'POST', url: path, payload: '{}' })
  await app.close()
  return [statusCode, body === '' ? null : JSON.parse(body).error]
}

test('a webhook is answered so that the gateway knows whether to send it again', async () => {
  expect(await answered(null)).toEqual([204, null])
  expect(await answered(new BadWebhook('it has no signature'))).toEqual([
    400,
    'The webhook was rejected: it has no signature.',
  ])
  expect(await answered(new GatewayUnavailable('away'))).toEqual([
    503,
    'The webhook was not verified. Send it again.',
  ])
  // Another failure is one of the shop, so the gateway sends the webhook again too.
  expect(await answered(new Error('the database is away'))).toEqual([500, 'Internal Server Error'])
})

test('a webhook of another gateway is not read', async () => {
  expect(await answered(new Error('it was read'), '/webhooks/stripe')).toEqual([
    404,
    'The gateway is not configured.',
  ])
})

test(`a process reads ${MAX_WEBHOOKS} webhooks at once; one more is to be sent again, and is then read`, async () => {
  const reading = Promise.withResolvers<void>()
  const full = Promise.withResolvers<void>()
  let read = 0
  const app = served(async () => {
    read++
    if (read === MAX_WEBHOOKS) full.resolve()
    await reading.promise
    return null
  })
  const sent = () => app.inject({ method: 'POST', url: '/webhooks/sandbox', payload: '{}' })
  const send = async () => (await sent()).statusCode
  const first = Array.from({ length: MAX_WEBHOOKS }, send)
  await full.promise
  const error = `More than ${MAX_WEBHOOKS} webhooks at once. Send it again.`
  expect((await sent()).json()).toEqual({ error })
  expect([await send(), read]).toEqual([503, MAX_WEBHOOKS])
  reading.resolve()
  expect(new Set(await Promise.all(first))).toEqual(new Set([204]))
  expect(await send()).toBe(204)
  await app.close()
})

test.each([
  ['before its body is complete', 100, 404],
  ['while it is verified', 2, 503],
])(
  'a webhook whose sender goes away %s takes a place only until its handler ends',
  async (_, length, meanwhile) => {
    const reading = Promise.withResolvers<void>()
    const begun = { onRequest: 0, handler: 0 }
    const app = served(async () => {
      begun.handler++
      await reading.promise
      return null
    })
    app.addHook('onRequest', (_request, _reply, done) => {
      begun.onRequest++
      done()
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const status = async () =>
      (await app.inject({ method: 'POST', url: '/webhooks/other', payload: '{}' })).statusCode
    const head = `POST /webhooks/sandbox HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n{}`
    const senders = Array.from({ length: MAX_WEBHOOKS }, () => {
      const sender = connect(port, '127.0.0.1')
      sender.write(head)
      return sender
    })
    // `status` takes a place too, so it waits until the senders have theirs.
    const stage = meanwhile === 503 ? 'handler' : 'onRequest'
    await expect.poll(() => begun[stage], { timeout: 30_000 }).toBe(MAX_WEBHOOKS)
    expect(await status()).toBe(503)
    for (const sender of senders) sender.destroy()
    const connections = promisify(app.server.getConnections.bind(app.server))
    await expect.poll(() => connections(), { timeout: 30_000 }).toBe(0)
    await expect.poll(status, { timeout: 30_000 }).toBe(meanwhile)
    reading.resolve()
    await expect.poll(status, { timeout: 30_000 }).toBe(404)
    await app.close()
  },
)
