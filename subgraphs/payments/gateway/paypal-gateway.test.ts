import { newId } from '@argyle/kit/ids'
import { money } from '@argyle/kit/money'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakePaypal } from '../testing/fake-paypal.ts'
import { gatewayConformance } from '../testing/gateway-conformance.ts'
import { BadWebhook, GatewayUnavailable, snapshotOf } from './gateway.ts'

gatewayConformance('paypal', fakePaypal)

let under: Awaited<ReturnType<typeof fakePaypal>>
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

const AMOUNT = money(4_200n, 'USD')

async function authorized(nature: 'approve' | 'step', key = newId('gwc')) {
  const attached = await under.gateway.attach({ key: newId('gwc'), token: await under.token(nature) })
  if (!attached.ok) throw new Error(JSON.stringify(attached.errors))
  const order = { attempt: 1, methodRef: attached.value.ref, amount: AMOUNT, orderId: newId('ord') }
  const { ref } = await under.gateway.authorize({ ...order, key, orderNumber: null })
  return { key: newId('gwc'), attempt: 1, ref: ref ?? '', amount: AMOUNT, orderId: order.orderId }
}

test('each change at PayPal is asked for with its key and its amount', async () => {
  const { gateway } = under
  under.sent.length = 0
  const payment = await authorized('approve', 'gwc_1')
  const { orderId } = payment
  const { ref: other } = await authorized('approve', 'gwc_2')
  await gateway.capture({ ...payment, key: 'gwc_3', amount: money(4_100n, 'USD') })
  const back = { ...payment, amount: money(1_200n, 'USD'), reason: 'late', replaces: [] }
  await gateway.refund({ ...back, key: 'gwc_4' })
  await gateway.void({ ...payment, ref: other, key: 'gwc_5' })
  const usd = (value: string) => ({ currency_code: 'USD', value })
  const posts = under.sent.filter(({ call }) => /^POST .v2/.test(call))
  expect(posts.map(({ call, key, body }) => [call.split('/').at(-1), key, body])).toEqual([
    [
      'orders',
      'gwc_1',
      expect.objectContaining({
        purchase_units: [{ custom_id: orderId, amount: usd('42.00') }],
        payment_source: { card: { vault_id: expect.any(String) } },
      }),
    ],
    ['orders', 'gwc_2', expect.anything()],
    ['capture', 'gwc_3', { amount: usd('41.00'), final_capture: true }],
    ['refund', 'gwc_4', { amount: usd('12.00'), custom_id: 'gwc_4', note_to_payer: 'late' }],
    ['void', 'gwc_5', {}],
  ])
  const vaulted = under.sent.filter(({ call }) => call === 'POST /v3/vault/payment-tokens')
  expect(vaulted.map(({ key }) => key)).toEqual(Array(2).fill(expect.stringMatching(/^gwc_/)))
  expect(await gateway.fetch(payment.ref)).toMatchObject({ status: 'CAPTURED', capturedMinor: 4_100n })
})

test('an order that its customer approved, and whose authorization PayPal refuses, is declined', async () => {
  const { ref } = await authorized('step')
  await under.approve(ref)
  const issue = { issue: 'INSTRUMENT_DECLINED', description: 'The bank said no.' }
  under.failNext({ status: 422, body: { name: 'UNPROCESSABLE_ENTITY', details: [issue] } })
  const failure = { code: 'instrument_declined', message: 'The bank said no.', retryable: true }
  expect(await under.gateway.fetch(ref)).toEqual(snapshotOf('DECLINED', { ref, failure }))
  const asked = under.sent.filter(({ call }) => call === `POST /v2/checkout/orders/${ref}/authorize`)
  expect(asked.map(({ key }) => key)).toEqual([`authorize-${ref}`])
})

test('a lookup that PayPal refuses has an unknown outcome', async () => {
  const lookup = under.gateway.fetch('NONE')
  await expect(lookup).rejects.toThrow(GatewayUnavailable)
  await expect(lookup).rejects.toThrow('No such resource.')
})

test('what holds no money is neither captured nor refunded, and a method of another kind is refused', async () => {
  const payment = await authorized('step')
  expect((await under.gateway.capture(payment)).refusal).toEqual({
    ...{ code: 'no_authorization', message: 'PayPal has no authorization.', retryable: false },
  })
  expect(await under.gateway.refund({ ...payment, reason: 'late', replaces: [] })).toEqual({
    status: 'FAILED',
    failure: { code: 'not_captured', message: 'PayPal captured no money.', retryable: false },
  })
  under.failNext({ status: 201, body: { id: 'M1', payment_source: { venmo: {} } } })
  const message = 'PayPal stored an unsupported kind of method.'
  expect(await under.gateway.attach({ key: newId('gwc'), token: await under.token('approve') })).toEqual({
    ok: false,
    errors: [{ code: 'method_unknown', message, retryable: false }],
  })
})

test('a webhook that PayPal says is its own is read; others, and old ones, are not', async () => {
  const read = (signature: string, sentAt = Date.now()) =>
    under.gateway.readWebhook({ body, headers: headers(signature, sentAt) }, async () => 'pay_1')
  expect(await read('good')).toEqual({ ref: 'O1', orderId: 'ord_1' })
  await expect(read('bad')).rejects.toThrow(BadWebhook)
  const late = read('good', Date.now() - 301_000)
  await expect(late).rejects.toThrow(BadWebhook)
  await expect(late).rejects.toThrow('its time is not within 300 s of now')
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
