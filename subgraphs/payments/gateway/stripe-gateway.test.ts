import { money } from '@argyle/kit/money'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeProvider } from '../testing/fake-provider.ts'
import { fakeStripe } from '../testing/fake-stripe.ts'
import { gatewayConformance } from '../testing/gateway-conformance.ts'
import { BadWebhook, GatewayUnavailable, snapshotOf } from './gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

gatewayConformance('stripe', fakeStripe)

type Fake = Awaited<ReturnType<typeof fakeStripe>>

let stripe: Fake
beforeEach(async () => {
  stripe = await fakeStripe('whsec_of_this_test_only')
})
afterEach(() => stripe.close())

const AMOUNT = money(4_200n, 'USD')
const ORDER = { attempt: 1, amount: AMOUNT, orderId: 'ord_1', orderNumber: 'A-1' }

async function aMethod(nature: Parameters<Fake['token']>[0]): Promise<string> {
  const attached = await stripe.gateway.attach({ key: 'att_1', token: await stripe.token(nature) })
  if (!attached.ok) throw new Error(JSON.stringify(attached.errors))
  return attached.value.ref
}

async function authorized(key = 'gwc_1') {
  const { ref } = await stripe.gateway.authorize({ ...ORDER, key, methodRef: await aMethod('approve') })
  return { key, attempt: 1, ref: ref ?? '', amount: AMOUNT }
}

const changes = () =>
  stripe.sent.filter(({ call }) => call.startsWith('POST')).map(({ call, key, body }) => [call, key, body])
const reads = () => stripe.sent.flatMap(({ call }) => (call.startsWith('GET') ? [call] : []))

test('each request to Stripe has its key and its amounts, and reads nothing of other payments', async () => {
  const { gateway, sent } = stripe
  const payment = await authorized()
  const { ref } = payment
  await gateway.fetch(ref)
  await gateway.capture({ ...payment, key: 'gwc_2', amount: money(4_100n, 'USD') })
  await gateway.fetch(ref)
  await gateway.refund({
    ...payment,
    key: 'gwc_3',
    amount: money(1_200n, 'USD'),
    reason: 'late',
    replaces: [],
  })
  const method = expect.stringMatching(/^pm_approve_/)
  const customer = expect.stringMatching(/^cus_/)
  expect(changes()).toEqual([
    ['POST /v1/customers', 'att_1-customer', {}],
    [expect.stringMatching(/^POST .v1.payment_methods.pm_approve_\w+.attach$/), 'att_1-attach', { customer }],
    [
      'POST /v1/payment_intents',
      'gwc_1',
      {
        ...{ amount: '4200', currency: 'usd', customer, payment_method: method },
        ...{ capture_method: 'manual', confirm: 'true', description: 'Order A-1' },
        ...{ 'metadata[orderId]': 'ord_1', 'metadata[key]': 'gwc_1' },
      },
    ],
    [`POST /v1/payment_intents/${ref}/capture`, 'gwc_2', { amount_to_capture: '4100' }],
    [
      'POST /v1/refunds',
      'gwc_3',
      { payment_intent: ref, amount: '1200', 'metadata[reason]': 'late', 'metadata[key]': 'gwc_3' },
    ],
  ])
  // Refunds and disputes are read once money was captured.
  expect(reads().toSorted()).toEqual([
    `GET /v1/disputes?payment_intent=${ref}&limit=10`,
    `GET /v1/payment_intents/${ref}`,
    `GET /v1/payment_intents/${ref}`,
    `GET /v1/refunds?payment_intent=${ref}&limit=100`,
  ])
  // The library would send its measurements with the later requests.
  for (const { headers } of sent) expect(headers).not.toHaveProperty('x-stripe-client-telemetry')
  sent.length = 0
  const other = { ...ORDER, amount: money(4_200n, 'JPY'), orderNumber: null }
  const made = await gateway.authorize({ ...other, key: 'gwc_4', methodRef: await aMethod('approve') })
  await gateway.void({ ...payment, ref: made.ref ?? '', key: 'gwc_5' })
  expect(changes().slice(-2)).toEqual([
    ['POST /v1/payment_intents', 'gwc_4', expect.objectContaining({ amount: '4200', currency: 'jpy' })],
    [`POST /v1/payment_intents/${made.ref}/cancel`, 'gwc_5', {}],
  ])
  expect(sent.at(-2)?.body).not.toHaveProperty('description')
})

test('a lookup of Stripe shows the disputes of its payment, and of no other', async () => {
  const [payment, other] = [await authorized('gwc_1'), await authorized('gwc_2')]
  for (const one of [payment, other]) await stripe.gateway.capture({ ...one, key: `${one.key}-capture` })
  const dispute = { amount: 700, reason: 'fraudulent', status: 'needs_response' }
  stripe.disputes.push({ ...dispute, id: 'dp_1', payment_intent: other.ref })
  stripe.disputes.push({ ...dispute, id: 'dp_2', payment_intent: payment.ref })
  const shown = { ref: 'dp_2', amountMinor: 700n, reason: 'fraudulent', status: 'needs_response' }
  const captured = { ref: payment.ref, capturedMinor: 4_200n, disputes: [shown] }
  expect(await stripe.gateway.fetch(payment.ref)).toEqual(snapshotOf('CAPTURED', captured))
})

test('a lookup that Stripe refuses has an unknown outcome', async () => {
  await expect(stripe.gateway.fetch('pi_none')).rejects.toThrow(GatewayUnavailable)
})

test('a refund that was made at Stripe by hand, and failed, is none of the shop’s', async () => {
  const server = await fakeProvider('idempotency-key', (on) => {
    const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount_received: 4_200 }
    const list = (data: object[]) => () => ({ status: 200, body: { object: 'list', data } })
    on('GET', '/v1/payment_intents/:id', () => ({ status: 200, body: intent }))
    on('GET', '/v1/disputes', list([]))
    on(
      'GET',
      '/v1/refunds',
      list([
        { status: 'failed', metadata: {} },
        { status: 'failed', metadata: null },
      ]),
    )
  })
  const keys = { secretKey: 'sk_test', publishableKey: 'pk_test', webhookSecret: 'whsec_test' }
  const gateway = stripeGateway({ url: server.url, ...keys, returnUrl: null })
  expect(await gateway.fetch('pi_1')).toMatchObject({ status: 'CAPTURED', failedRefunds: [] })
  await server.close()
})

test('a decline of Stripe has its payment, if Stripe made one, and its reason', async () => {
  const failure = {
    ...{ code: 'insufficient_funds', message: 'Your card has insufficient funds.', retryable: true },
  }
  const methodRef = await aMethod('decline')
  expect(await stripe.gateway.authorize({ ...ORDER, key: 'gwc_1', methodRef })).toEqual(
    snapshotOf('DECLINED', { ref: expect.stringMatching(/^pi_/), failure }),
  )
  const missing = { code: 'resource_missing', retryable: false }
  expect(await stripe.gateway.authorize({ ...ORDER, key: 'gwc_2', methodRef: 'cus_1/pm_1' })).toEqual(
    snapshotOf('DECLINED', {
      failure: { ...missing, message: 'The request was refused: resource_missing.' },
    }),
  )
})

test('a method is deleted unless Stripe fails; one that Stripe does not know is deleted already', async () => {
  stripe.failNext(500)
  await expect(stripe.gateway.detach('cus_1/pm_1')).rejects.toThrow(GatewayUnavailable)
  stripe.failNext({
    status: 404,
    body: { error: { type: 'invalid_request_error', code: 'resource_missing' } },
  })
  expect(await stripe.gateway.detach('cus_1/pm_1')).toBeUndefined()
  expect(stripe.sent.map(({ call }) => call)).toEqual(Array(2).fill('POST /v1/payment_methods/pm_1/detach'))
})

/** A provider that knows two payments of a customer and two refunds of a payment; null: its lists are refused. */
async function withLists(isKnown: boolean) {
  const list = (data: object[]) => () =>
    isKnown
      ? { status: 200, body: { object: 'list', data } }
      : { status: 400, body: { error: { type: 'invalid_request_error', message: 'No lists today.' } } }
  const intent = (id: string, key: string) => ({
    ...{ id, object: 'payment_intent', status: 'requires_capture', amount_received: 0, created: 0 },
    metadata: { key },
  })
  const server = await fakeProvider('idempotency-key', (on) => {
    on('GET', '/v1/payment_intents', list([intent('pi_1', 'gwc_1'), intent('pi_2', 'gwc_2')]))
    on('GET', '/v1/refunds', list([{ status: 'failed', metadata: { key: 'gwc_2' } }]))
  })
  const keys = { secretKey: 'sk_test', publishableKey: 'pk_test', webhookSecret: 'whsec_test' }
  const gateway = stripeGateway({ url: server.url, ...keys, returnUrl: null })
  const authorize = () => gateway.authorize({ ...ORDER, key: 'gwc_2', attempt: 2, methodRef: 'cus_1/pm_1' })
  const refund = () =>
    gateway.refund({ key: 'gwc_2', attempt: 2, ref: 'pi_2', amount: AMOUNT, reason: 'late', replaces: [] })
  return { authorize, refund, server }
}

test('what a lost call did is found by its key, and is not done again', async () => {
  const { authorize, refund, server } = await withLists(true)
  const authorizedUntil = new Date(7 * 86_400_000)
  expect(await authorize()).toEqual(snapshotOf('AUTHORIZED', { ref: 'pi_2', authorizedUntil }))
  expect(await refund()).toMatchObject({ status: 'FAILED', failure: { code: 'refund_failed' } })
  expect(server.sent.map(({ call }) => call)).toEqual([
    'GET /v1/payment_intents?customer=cus_1&limit=100',
    'GET /v1/refunds?payment_intent=pi_2&limit=100',
  ])
  await server.close()
})

test('while Stripe refuses to say what a lost call did, it is not repeated', async () => {
  const { authorize, refund, server } = await withLists(false)
  for (const repeated of [authorize, refund]) {
    await expect(repeated()).rejects.toThrow(GatewayUnavailable)
    await expect(repeated()).rejects.toThrow('No lists today.')
  }
  expect(server.sent.filter(({ call }) => call.startsWith('POST'))).toEqual([])
  await server.close()
})

test('a capture whose error Stripe keeps under its key has another key from the fourth attempt on', async () => {
  const url = '/v1/payment_intents/:id/capture'
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount_received: 4_200 }
  const server = await fakeProvider('idempotency-key', (on) =>
    on('POST', url, ({ headers }) =>
      headers['idempotency-key'] === 'gwc_1'
        ? { status: 500, body: { error: { type: 'api_error' } } }
        : { status: 200, body: intent },
    ),
  )
  const keys = { secretKey: 'sk_test', publishableKey: 'pk_test', webhookSecret: 'whsec_test' }
  const { capture } = stripeGateway({ url: server.url, ...keys, returnUrl: null })
  const attempt = (count: number) =>
    capture({ key: 'gwc_1', attempt: count, ref: 'pi_1', amount: money(4_200n, 'USD') })
  for (const count of [1, 2, 3]) await expect(attempt(count)).rejects.toThrow(GatewayUnavailable)
  expect(await attempt(4)).toMatchObject({ snapshot: { status: 'CAPTURED' }, refusal: null })
  await server.close()
})

test('a webhook of Stripe is read by its signature, and not five minutes later', async () => {
  const secret = 'whsec_of_this_test_only'
  const { gateway } = stripe
  const object = { id: 'pi_1', object: 'payment_intent', metadata: { orderId: 'ord_1' } }
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    data: { object },
  })
  const now = Math.floor(Date.now() / 1_000)
  const signed = (timestamp: number) => {
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
    const webhook = { body: Buffer.from(payload), headers: { 'stripe-signature': header } }
    return gateway.readWebhook(webhook, async () => 'pay_1')
  }
  expect(await signed(now)).toEqual({ ref: 'pi_1', orderId: 'ord_1', status: 'CAPTURED' })
  const late = signed(now - 301)
  await expect(late).rejects.toThrow(BadWebhook)
  await expect(late).rejects.toThrow('Timestamp outside the tolerance zone')
})
