import { newId } from '@argyle/kit/ids'
import { recordedLog } from '@argyle/kit/testing/recorded-log'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimCalls, scheduleLookup } from './payment/gateway-calls.ts'
import { fakePaypal } from './testing/fake-paypal.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const MINUTE = 60_000
let now = new Date('2026-11-28T09:00:00Z')
let paypal: Awaited<ReturnType<typeof fakePaypal>>
let shop: OpenPayments
const { log, lines } = recordedLog()

beforeAll(async () => {
  paypal = await fakePaypal()
  shop = await openPayments({ clock: () => now, log, settings: paypal.settings })
})
afterAll(async () => {
  await shop?.close()
  await paypal?.close()
})

/** Makes the calls that are due within the time. */
async function later(ms: number): Promise<void> {
  now = new Date(now.getTime() + ms)
  await shop.resources.work.idle()
}

async function anAuthorization(...statuses: number[]): Promise<string> {
  const customerId = newId('usr')
  const input = { idempotencyKey: newId('key'), token: await paypal.token('approve') }
  const { paymentMethod } = await shop.accepted('addPaymentMethod', input, customer(customerId))
  const orderId = newId('ord')
  if (statuses.length > 0) paypal.failNext(...statuses)
  const amount = { amountMinor: '4200', currencyCode: 'USD' }
  const whose = { customerId, paymentMethodId: paymentMethod.id }
  await shop.command('authorize', { orderId, orderNumber: 'A-1', ...whose, amount })
  return orderId
}

async function aCapture(): Promise<string> {
  const orderId = await anAuthorization()
  await shop.command('capture', { orderId })
  return orderId
}

const refund = (orderId: string, refundId: string) =>
  shop.command('refund', {
    orderId,
    refundId,
    amount: { amountMinor: '1200', currencyCode: 'USD' },
    reason: 'returned',
  })
const typesAfter = async (orderId: string) =>
  (await shop.publishedAbout(orderId)).map(({ type }) => type).slice(2)
const open = (orderId: string) =>
  shop.sql(
    `SELECT c.kind::text FROM gateway_call c JOIN payment p ON p.id = c.payment_id
      WHERE p.order_id = $1 AND c.done_at IS NULL`,
    orderId,
  )

test('a method is not added while the gateway is away, and the same request adds it later', async () => {
  const input = { idempotencyKey: newId('key'), token: await paypal.token('approve') }
  const viewer = customer(newId('usr'))
  // The client has its token by now.
  await anAuthorization()
  paypal.failNext(503)
  lines.length = 0
  const { data } = await shop.mutate('addPaymentMethod', input, viewer)
  expect(data.addPaymentMethod).toEqual({
    paymentMethod: null,
    userErrors: [
      {
        __typename: 'PaymentGatewayError',
        message:
          'the payment gateway is unavailable: send the same request again, with the same idempotencyKey',
        path: null,
      },
    ],
  })
  const msg = 'the gateway did not attach a payment method'
  expect(lines).toEqual([{ level: 'warn', msg, reason: expect.stringContaining('503') }])
  await shop.accepted('addPaymentMethod', input, viewer)
})

test.each([504, 409])(
  'a refund that is made and answered with %i is published as refunded, once',
  async (status) => {
    const orderId = await aCapture()
    paypal.failNext(status)
    await refund(orderId, 'ret_1')
    expect(await typesAfter(orderId)).toEqual([])
    await later(MINUTE)
    expect(await typesAfter(orderId)).toEqual(['payment.refunded'])
    expect(paypal.of(orderId)?.refunds).toHaveLength(1)
    const where = { kind: 'REFUND', payment: { orderId } } as const
    const { id: key } = await shop.resources.prisma.gatewayCall.findFirstOrThrow({ where })
    const asked = paypal.sent.filter((one) => one.key === key).map(({ body }) => body)
    const amount = { currency_code: 'USD', value: '12.00' }
    expect(asked).toEqual([{ amount, custom_id: key, note_to_payer: 'returned' }])
  },
)

test('a refund that was taken for failed and was made is not made again under the next number', async () => {
  const orderId = await aCapture()
  paypal.failNext(400)
  await refund(orderId, 'ret_1')
  expect(await typesAfter(orderId)).toEqual(['refund.failed'])
  const told = (await shop.publishedAbout(orderId)).at(-1)?.data
  const kept = await shop.sql(
    `SELECT failure_code AS code, failure_message AS message FROM refund WHERE key = 'ret_1' AND status = 'FAILED'`,
  )
  expect(kept).toContainEqual({ code: told?.code, message: told?.message })
  expect(told?.code).not.toBe(told?.message)
  await refund(orderId, 'ret_1:2')
  expect(await typesAfter(orderId)).toEqual(['refund.failed', 'payment.refunded'])
  expect(paypal.of(orderId)?.refunds).toHaveLength(1)
  // Another return of the same amount is another refund.
  await refund(orderId, 'ret_2')
  expect(paypal.of(orderId)?.refunds).toHaveLength(2)
})

test('a pending refund is read again, at the latest after an hour, and its failure is published', async () => {
  paypal.refundsAre?.('PENDING')
  const orderId = await aCapture()
  await refund(orderId, 'ret_1')
  for (let round = 0; round < 12; round++) await later(60 * MINUTE)
  expect(await typesAfter(orderId)).toEqual([])
  expect(await open(orderId)).toEqual([{ kind: 'REFUND' }])
  paypal.refundsAre?.('FAILED')
  await later(60 * MINUTE)
  expect(await typesAfter(orderId)).toEqual(['refund.failed'])
  expect(await open(orderId)).toEqual([])
  paypal.refundsAre?.('SUCCEEDED')
})

test.each(['order', 'call'])(
  'a webhook that names the %s brings the reading of a pending refund forward',
  async (named) => {
    paypal.refundsAre?.('PENDING')
    const orderId = await aCapture()
    await refund(orderId, 'ret_1')
    paypal.refundsAre?.('SUCCEEDED')
    await later(0)
    expect(await typesAfter(orderId)).toEqual([])
    // PayPal reports a refund with the reference that was sent with it: the key of the call.
    const [call] = await shop.sql<{ id: string }>(
      `SELECT c.id FROM gateway_call c JOIN payment p ON p.id = c.payment_id WHERE p.order_id = $1 AND c.kind = 'REFUND'`,
      orderId,
    )
    const given = named === 'order' ? orderId : (call?.id ?? '')
    await shop.resources.payments.lookUpSoon({ ref: null, orderId: given })
    await later(0)
    expect(await typesAfter(orderId)).toEqual(['payment.refunded'])
  },
)

test('an authorization that is answered with 409 is unknown, and found', async () => {
  const orderId = await anAuthorization(409)
  expect(await shop.row(orderId)).toMatchObject({ status: 'UNKNOWN', gatewayRef: null })
  const call = () =>
    shop.resources.prisma.gatewayCall.findFirstOrThrow({ where: { kind: 'AUTHORIZE', payment: { orderId } } })
  const lost = { attempts: 1, dueAt: new Date(now.getTime() + 500), doneAt: null }
  expect(await call()).toMatchObject({ ...lost, lastError: 'status 409: The error response.' })
  await later(MINUTE)
  expect(await shop.row(orderId)).toMatchObject({ status: 'AUTHORIZED' })
  expect(await call()).toMatchObject({ attempts: 2, lastError: null, doneAt: now })
  // Asked for by the process that took the command, and by the one that repeated the call.
  const { id: key } = await call()
  const asked = paypal.sent.filter((one) => one.key === key).map(({ body }) => Object(body).purchase_units)
  const amount = { currency_code: 'USD', value: '42.00' }
  expect(asked).toEqual(Array(2).fill([{ custom_id: orderId, description: 'Order A-1', amount }]))
  expect(await paypal.authorizationsOf(orderId)).toBe(1)
})

test('why a call got no answer is stored whatever its characters, up to 500', async () => {
  const { gateway, prisma } = shop.resources
  const { authorize } = gateway
  gateway.authorize = async () => {
    throw new Error(`No\u0000 answer. ${'x'.repeat(600)}`)
  }
  const orderId = await anAuthorization()
  gateway.authorize = authorize
  const where = { kind: 'AUTHORIZE', payment: { orderId } } as const
  const { lastError } = await prisma.gatewayCall.findFirstOrThrow({ where })
  expect(lastError).toBe(`No answer. ${'x'.repeat(600)}`.slice(0, 500))
  await later(MINUTE)
  expect(await shop.row(orderId)).toMatchObject({ status: 'AUTHORIZED' })
})

test('an authorization that PayPal examines keeps its reference, and is read until it is made', async () => {
  const other = await anAuthorization()
  const { gatewayRef: otherRef } = await shop.row(other)
  paypal.authorizationsAre('PENDING')
  const orderId = await anAuthorization()
  const { id: gatewayRef } = paypal.of(orderId) ?? {}
  expect(await shop.row(orderId)).toMatchObject({ status: 'PROCESSING', gatewayRef })
  expect(await shop.row(other)).toMatchObject({ gatewayRef: otherRef })
  paypal.authorizationsAre('CREATED')
  await later(MINUTE)
  expect(await shop.row(orderId)).toMatchObject({ status: 'AUTHORIZED', gatewayRef })
})

test('a webhook names the payment of an authorization that was taken for declined: its money is released', async () => {
  const orderId = await anAuthorization(400)
  expect(await shop.row(orderId)).toMatchObject({ status: 'DECLINED', gatewayRef: null })
  const ref = paypal.of(orderId)?.id ?? ''
  await shop.resources.payments.lookUpSoon({ ref, orderId })
  await shop.resources.work.idle()
  expect(await shop.row(orderId)).toMatchObject({ status: 'DECLINED', gatewayRef: ref, pending: null })
  expect(paypal.of(orderId)?.authorizations).toMatchObject([{ status: 'VOIDED' }])
})

test('a webhook that names another payment of the gateway for an order leaves the reference of its own', async () => {
  const [orderId, other] = [await anAuthorization(), await anAuthorization()]
  const { gatewayRef } = await shop.row(orderId)
  await shop.resources.payments.lookUpSoon({ ref: 'PP-UNKNOWN', orderId })
  await later(0)
  expect(await shop.row(orderId)).toMatchObject({ status: 'AUTHORIZED', gatewayRef })
  expect((await shop.row(other)).gatewayRef).not.toBe(gatewayRef)
})

test('a refund that was made by hand at the gateway, and failed, is none of the shop’s', async () => {
  const orderId = await aCapture()
  const amount = { currency_code: 'USD', value: '1.00' }
  paypal.of(orderId)?.refunds.push({ id: 'R1', status: 'FAILED', custom_id: 'by hand', amount })
  const row = await shop.row(orderId)
  await shop.resources.payments.lookUpSoon({ ref: null, orderId })
  await shop.resources.work.idle()
  expect([await open(orderId), await typesAfter(orderId)]).toEqual([[], []])
  expect(await shop.row(orderId)).toEqual(row)
})

test.each(['order', 'payment'])(
  'a webhook that names the %s while its capture is under way waits for the result, and looks nothing up',
  async (named) => {
    const orderId = await anAuthorization()
    const { gatewayRef: ref } = await shop.row(orderId)
    const { gateway, payments, work } = shop.resources
    const [{ capture }, { settled }] = [gateway, work]
    // The result may come later than the two seconds for which a webhook waits.
    work.settled = (id) => settled(id, 60_000)
    const held = Promise.withResolvers<void>()
    gateway.capture = async (payment) => {
      await held.promise
      return capture(payment)
    }
    await shop.deliver('payments.capture', { orderId }, { subject: orderId })
    gateway.capture = capture
    const hint = named === 'order' ? { ref: null, orderId } : { ref, orderId: null }
    const looked = payments.lookUpSoon({ ...hint, status: 'CAPTURED' })
    held.resolve()
    await looked
    work.settled = settled
    await work.idle()
    expect((await shop.row(orderId)).status).toBe('CAPTURED')
    const lookups = { where: { kind: 'FETCH', payment: { orderId } } } as const
    expect(await shop.resources.prisma.gatewayCall.count(lookups)).toBe(0)
  },
)

test('the payment of a webhook is known by its reference, its order or the call of its refund, and by nothing else', async () => {
  const [orderId, { idOf }] = [await aCapture(), shop.resources.payments]
  await refund(orderId, 'ret_1')
  const { id, gatewayRef } = await shop.row(orderId)
  const where = { kind: 'REFUND', payment: { orderId } } as const
  const { id: call } = await shop.resources.prisma.gatewayCall.findFirstOrThrow({ where })
  expect(await idOf({ ref: gatewayRef, orderId: null })).toBe(id)
  for (const named of [orderId, call]) expect(await idOf({ ref: null, orderId: named })).toBe(id)
  expect(await idOf({ ref: 'PP-UNKNOWN', orderId: newId('ord') })).toBeNull()
})

test('a payment that the gateway does not have is not looked up for ever', async () => {
  const orderId = await anAuthorization(400)
  await shop.resources.payments.lookUpSoon({ ref: null, orderId })
  await shop.resources.work.idle()
  expect(await open(orderId)).toEqual([])
})

test('the end of a call, and its delay, leave that of another payment which is due at the same time', async () => {
  paypal.refundsAre?.('PENDING')
  const [looked, refunded] = [await anAuthorization(), await aCapture()]
  await refund(refunded, 'ret_1')
  now = new Date(now.getTime() + MINUTE)
  const { prisma, work } = shop.resources
  await scheduleLookup(prisma, (await shop.row(looked)).id, now, now)
  const claimed = await claimCalls(prisma, { gateway: 'paypal', now, most: 16 })
  const [lookup, repeated] = [looked, refunded].map((id) => claimed.find(({ orderId }) => orderId === id))
  if (!lookup || !repeated) throw new Error('the calls are not due')
  const read = ({ id }: { id: string }) => prisma.gatewayCall.findUniqueOrThrow({ where: { id } })
  const before = await read(repeated)
  work.begin(lookup)
  await work.idle()
  const done = await read(lookup)
  expect([done.doneAt, await read(repeated)]).toEqual([now, before])
  work.begin(repeated)
  await work.idle()
  // The second pause.
  expect(await read(repeated)).toEqual({ ...before, dueAt: new Date(now.getTime() + MINUTE) })
  expect(await read(lookup)).toEqual(done)
  paypal.refundsAre?.('SUCCEEDED')
})
