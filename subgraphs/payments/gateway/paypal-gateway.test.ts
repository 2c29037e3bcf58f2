import { newId } from '@argyle/kit/ids'
import { money } from '@argyle/kit/money'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakePaypal } from '../testing/fake-paypal.ts'
import { type GatewayUnderTest, gatewayConformance } from '../testing/gateway-conformance.ts'
import { BadWebhook, GatewayUnavailable } from './gateway.ts'

gatewayConformance('paypal', fakePaypal)

let under: GatewayUnderTest
beforeAll(async () => {
  under = await fakePaypal()
})
afterAll(() => under.close())

const body = Buffer.from(
  '{"resource_type":"authorization", "resource": {"id": "A1", "custom_id": "ord_1", "supplementary_data": {"related_ids": {"order_id": "O1"}}}}',
)
const headers = (signature: string, sentAt: number) => ({
  'paypal-auth-algo': 'SHA256withRSA',
  'paypal-cert-url': 'https://api.paypal.test/cert',
  'paypal-transmission-id': 'T1',
  'paypal-transmission-sig': signature,
  'paypal-transmission-time': new Date(sentAt).toISOString(),
})

test('a webhook that PayPal says is its own is read; others, and old ones, are not', async () => {
  const read = (signature: string, sentAt = Date.now()) =>
    under.gateway.readWebhook({ body, headers: headers(signature, sentAt) }, async () => 'pay_1')
  expect(await read('good')).toEqual({ ref: 'O1', orderId: 'ord_1' })
  await expect(read('bad')).rejects.toThrow(BadWebhook)
  await expect(read('good', Date.now() - 301_000)).rejects.toThrow(BadWebhook)
})

test('a token that PayPal does not give fails one call, and the next asks for another', async () => {
  const paypal = await fakePaypal()
  try {
    const request = { key: 'att_1', token: await paypal.token('approve') }
    paypal.failNext(503)
    await expect(paypal.gateway.attach(request)).rejects.toThrow(GatewayUnavailable)
    expect(await paypal.gateway.attach(request)).toMatchObject({ ok: true })
  } finally {
    await paypal.close()
  }
})

test.each([
  ['COMPLETED', { snapshot: { status: 'CAPTURED', capturedMinor: 4_200n }, refusal: null }],
  ['DECLINED', { snapshot: { status: 'DECLINED' }, refusal: { code: 'capture_declined' } }],
] as const)('a capture that PayPal examines takes no money until it is %s', async (end, outcome) => {
  const paypal = await fakePaypal()
  try {
    const { gateway } = paypal
    const attached = await gateway.attach({ key: newId('gwc'), token: await paypal.token('approve') })
    if (!attached.ok) throw new Error(JSON.stringify(attached.errors))
    const amount = money(4_200n, 'USD')
    const request = {
      amount,
      attempt: 1,
      methodRef: attached.value.ref,
      orderId: newId('ord'),
      orderNumber: 'A-1',
    }
    const { ref } = await gateway.authorize({ ...request, key: newId('gwc') })
    const known = { amount, attempt: 1, ref: ref ?? '', key: newId('gwc') }
    paypal.capturesAre('PENDING')
    const pending = { snapshot: { status: 'AUTHORIZED', capturedMinor: 0n }, refusal: null }
    expect(await gateway.capture(known)).toMatchObject(pending)
    // Another key, as after PayPal has forgotten the first.
    expect(await gateway.capture({ ...known, key: newId('gwc') })).toMatchObject(pending)
    paypal.capturesAre(end)
    expect(await gateway.capture({ ...known, attempt: 2 })).toMatchObject(outcome)
  } finally {
    await paypal.close()
  }
})
