import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { money } from '@argyle/kit/money'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakePaypal } from '../testing/fake-paypal.ts'
import { type Gateway, GatewayUnavailable } from './gateway.ts'
import { sandboxGateway } from './sandbox-gateway.ts'

/** A server in place of the gateway, such as a proxy that answers by itself. */
let answer: (response: ServerResponse) => void
const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => answer(response))
})
let gateway: Gateway
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  gateway = sandboxGateway({ url, publicUrl: url, key: 'key', webhookSecret: 'secret', returnUrl: null })
})
afterAll(async () => {
  server.close()
  await once(server, 'close')
})

const AMOUNT = money(4_200n, 'USD')
const KNOWN = { key: 'gwc_1', attempt: 1, ref: 'gpy_1', amount: AMOUNT }
const CALLS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['attach', () => gateway.attach({ key: 'gwc_1', token: 'tok_1' })],
  ['detach', () => gateway.detach('src_1')],
  [
    'authorize',
    () => gateway.authorize({ ...KNOWN, methodRef: 'src_1', orderId: 'ord_1', orderNumber: 'A-1' }),
  ],
  ['capture', () => gateway.capture(KNOWN)],
  ['void', () => gateway.void(KNOWN)],
  ['refund', () => gateway.refund({ ...KNOWN, reason: 'returned', replaces: [] })],
  ['refund again', () => gateway.refund({ ...KNOWN, attempt: 2, reason: 'returned', replaces: ['gwc_0'] })],
  ['fetch', () => gateway.fetch('gpy_1')],
]

describe.each([
  ['a page', 200, '<html>It works!</html>'],
  ['nothing', 200, ''],
  ['null', 200, 'null'],
  ['another object', 200, '{"status":"ok"}'],
  ['half an object', 201, '{"id":"gpy_1","status":"CAPT'],
  ['a page that forbids', 403, '<h1>Forbidden</h1>'],
  ['a page that finds nothing', 404, '<h1>Not found</h1>'],
  ['a way to somewhere else', 302, ''],
])('%s with status %i is an unknown outcome of', (_, status, body) => {
  test.each(CALLS)('%s', async (_call, call) => {
    answer = (response) => response.writeHead(status, { location: '/maintenance' }).end(body)
    await expect(call()).rejects.toThrow(GatewayUnavailable)
  })
})

test('a page with status 200, or a fault, does not delete a method at PayPal; an unknown method is deleted already', async () => {
  const paypal = await fakePaypal()
  try {
    // The first call fetches the token too.
    await expect(paypal.gateway.detach('card:1')).resolves.toBeUndefined()
    paypal.failNext({ status: 200, body: '<html>It works!</html>' })
    await expect(paypal.gateway.detach('card:1')).rejects.toThrow('status 200, not from PayPal')
    paypal.failNext(503)
    await expect(paypal.gateway.detach('card:1')).rejects.toThrow(GatewayUnavailable)
    paypal.failNext(404)
    await expect(paypal.gateway.detach('card:1')).resolves.toBeUndefined()
    const deletions = paypal.sent.flatMap(({ call }) => (call.startsWith('DELETE') ? [call] : []))
    expect(deletions).toEqual(Array(4).fill('DELETE /v3/vault/payment-tokens/1'))
  } finally {
    await paypal.close()
  }
})

test('a refusal without an error of PayPal is none of PayPal: the outcome of the refund is unknown', async () => {
  const paypal = await fakePaypal()
  try {
    const attached = await paypal.gateway.attach({ key: 'gwc_1', token: await paypal.token('approve') })
    if (!attached.ok) expect.fail('the method was refused')
    const order = { orderId: 'ord_1', orderNumber: 'A-1', methodRef: attached.value.ref, amount: AMOUNT }
    const { ref } = await paypal.gateway.authorize({ ...order, key: 'gwc_2', attempt: 1 })
    const known = { ...KNOWN, ref: ref ?? '' }
    await paypal.gateway.capture({ ...known, key: 'gwc_3' })
    const refund = { ...known, amount: money(1_000n, 'USD'), reason: 'returned', replaces: [] }
    for (const status of [403, 404]) {
      paypal.failNext({ status, body: 'Forbidden by the firewall' })
      await expect(paypal.gateway.refund({ ...refund, key: `gwc_${status}` })).rejects.toThrow(
        GatewayUnavailable,
      )
    }
  } finally {
    await paypal.close()
  }
})
