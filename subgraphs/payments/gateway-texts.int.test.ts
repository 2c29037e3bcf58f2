import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

/** A gateway with the API of the sandbox, whose texts have characters that PostgreSQL refuses. */
const source = { kind: 'CARD', id: 'src_1', brand: 'Vi\u0000sa', last4: '4242', expMonth: 12, expYear: 2099 }
let declines = true
const dispute = { id: 'dis_1', amountMinor: '100', reason: 'not\u0000 mine', status: 'open' }
const payment = {
  id: 'pay_1',
  status: 'AUTHORIZED',
  capturedMinor: '0',
  actionUrl: null,
  authorizedUntil: null,
  failure: null,
  disputes: [dispute],
}
const server = createServer((request: IncomingMessage, response) => {
  const isSource = request.url === '/v1/sources'
  const status = isSource || !declines ? 200 : 402
  const refusal = { error: { code: 'card\u0000declined', message: 'The bank\uD800 said\u0000 no.' } }
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(isSource ? { ...source, id: newId('key') } : declines ? refusal : payment))
})

let shop: OpenPayments
let now = new Date('2026-11-28T09:00:00Z')
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  shop = await openPayments({
    clock: () => now,
    settings: { SANDBOX_GATEWAY_URL: `http://127.0.0.1:${port}`, SPEED: '7' },
  })
})
afterAll(async () => {
  await shop.close()
  server.close()
})

async function authorize() {
  const viewer = customer(newId('usr'))
  const input = { idempotencyKey: newId('key'), token: 'tok_12345678' }
  const { paymentMethod } = await shop.accepted('addPaymentMethod', input, viewer)
  expect(paymentMethod.brand).toBe('Vi sa')
  const orderId = newId('ord')
  const amount = { amountMinor: '4200', currencyCode: 'USD' }
  const customerId = viewer.kind === 'user' ? viewer.id : null
  const data = { orderId, orderNumber: 'A-1', customerId, paymentMethodId: paymentMethod.id, amount }
  await shop.command('authorize', data)
  return { orderId, viewer }
}

test('a payment is declined whatever characters the refusal has', async () => {
  declines = true
  const { orderId, viewer } = await authorize()
  expect(await shop.payment(orderId, viewer)).toMatchObject({
    status: 'DECLINED',
    failure: { code: 'card declined', message: 'The bank said no.' },
  })
})

test('a payment is authorized whatever characters a dispute has', async () => {
  declines = false
  const { orderId, viewer } = await authorize()
  expect(await shop.payment(orderId, viewer)).toMatchObject({ status: 'AUTHORIZED' })
  // The gateway does not say until when: seven days, which SPEED makes one.
  expect(await shop.row(orderId)).toMatchObject({ authorizedUntil: new Date(now.getTime() + 86_400_000) })
  const { prisma, payments, work } = shop.resources
  const noted = {
    ...{ id: expect.stringMatching(/^dsp_/), gatewayRef: 'dis_1', amountMinor: 100n, reason: 'not mine' },
    ...{ paymentId: (await shop.row(orderId)).id, notedAt: now },
  }
  const opened = { ...noted, status: 'open', updatedAt: now }
  expect(await prisma.dispute.findMany()).toEqual([opened])
  // It keeps the time at which its status changed.
  const lost = { ...noted, status: 'lost', updatedAt: new Date(now.getTime() + 1_000) }
  for (const [status, seconds, row] of [
    ['open', 0, opened],
    ['lost', 1, lost],
    ['lost', 2, lost],
  ] as const) {
    dispute.status = status
    now = new Date(noted.notedAt.getTime() + seconds * 1_000)
    await payments.lookUpSoon({ ref: null, orderId })
    await work.idle()
    expect(await prisma.dispute.findMany()).toEqual([row])
  }
})
