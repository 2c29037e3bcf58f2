import { newId } from '@argyle/kit/ids'
import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import { customer } from '@argyle/kit/testing/subgraph'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signatureOf } from '../sandbox-gateway/webhooks.ts'
import { payments } from '../subgraph.ts'
import { type OpenPayments, openPayments } from '../testing/open-payments.ts'

let shop: OpenPayments
let served: ServedSubgraph
let url: string

beforeAll(async () => {
  shop = await openPayments()
  served = await serveSubgraph(payments, {
    settings: {
      PORT: '0',
      DATABASE_URL: shop.databaseUrl,
      INTERNAL_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64url'),
      ...shop.sandbox.settings,
    },
    log: pino({ level: 'silent' }),
  })
  url = new URL('/webhooks/sandbox', served.url).href
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

const post = (body: string, signature: string, to = url) =>
  fetch(to, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'sandbox-signature': signature },
  })

const open = (orderId: string) =>
  shop.sql(
    `SELECT c.id FROM gateway_call c JOIN payment p ON p.id = c.payment_id
      WHERE p.order_id = $1 AND c.kind = 'FETCH'`,
    orderId,
  )

/** Waits for the outcome; either of the two replicas may make the call. */
async function settled(orderId: string): Promise<void> {
  await expect.poll(async () => (await shop.row(orderId)).gatewayRef, { timeout: 30_000 }).not.toBeNull()
}

async function aPayment() {
  const { orderId } = await shop.authorized(customer(newId('usr')))
  await settled(orderId)
  const { gatewayRef } = await shop.row(orderId)
  return { orderId, body: JSON.stringify({ id: 'gev_1', paymentId: gatewayRef, reference: orderId }) }
}

test('a signed webhook has the payment looked up, and none the more when it is sent again', async () => {
  const { orderId, body } = await aPayment()
  const signature = signatureOf(shop.sandbox.secret, body, new Date())
  expect((await post(body, signature)).status).toBe(204)
  expect((await open(orderId)).length).toBeGreaterThanOrEqual(1)
  for (let again = 0; again < 3; again++) expect((await post(body, signature)).status).toBe(204)
  expect((await shop.publishedAbout(orderId)).map(({ type }) => type)).toEqual(['payment.authorized'])
})

test.each([
  ['payment.changed', 'AUTHORIZED', 0],
  ['payment.changed', 'CAPTURED', 1],
  ['payment.disputed', 'AUTHORIZED', 1],
])('of an authorized payment, %s with the status %s makes %i look-ups', async (type, status, lookups) => {
  const { orderId, body } = await aPayment()
  const news = JSON.stringify({ ...JSON.parse(body), type, status })
  expect((await post(news, signatureOf(shop.sandbox.secret, news, new Date()))).status).toBe(204)
  expect(await open(orderId)).toHaveLength(lookups)
})

test.each<[string, (body: string) => [string, string]]>([
  ['no signature', (body) => [body, '']],
  ['another secret', (body) => [body, signatureOf('another secret', body, new Date())]],
  ['one byte changed', (body) => [`${body} `, signatureOf(shop.sandbox.secret, body, new Date())]],
  ['301 s old', (body) => [body, signatureOf(shop.sandbox.secret, body, new Date(Date.now() - 301_500))]],
  [
    'an hour ahead',
    (body) => [body, signatureOf(shop.sandbox.secret, body, new Date(Date.now() + 3_600_000))],
  ],
  ['no JSON', () => ['{', signatureOf(shop.sandbox.secret, '{', new Date())]],
])('a webhook with %s is refused, and nothing is looked up', async (_, spoil) => {
  const { orderId, body } = await aPayment()
  expect((await post(...spoil(body))).status).toBe(400)
  expect(await open(orderId)).toEqual([])
})

test('a webhook of more than 256 KiB, and one of another gateway, are not read', async () => {
  expect((await post('x'.repeat(256 * 1024 + 1), '')).status).toBe(413)
  expect((await post('{}', '', url.replace('sandbox', 'stripe'))).status).toBe(404)
})

test('a webhook of a payment that we do not know is taken and forgotten', async () => {
  const body = JSON.stringify({ id: 'gev_2', paymentId: newId('gpy'), reference: newId('ord') })
  expect((await post(body, signatureOf(shop.sandbox.secret, body, new Date()))).status).toBe(204)
})

test('after the webhook about a completed authentication the payment continues', async () => {
  shop.sandbox.setWebhookUrl(url)
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, '4000000000003220')
  await settled(orderId)
  const { nextAction } = await shop.payment(orderId, ada)
  // The lookup that needs no webhook would come half a minute later.
  await shop.sql(`UPDATE gateway_call SET due_at = now() + interval '1 hour' WHERE done_at IS NULL`)
  await fetch(nextAction.redirectUrl, { method: 'POST', body: new URLSearchParams({ decision: 'deny' }) })
  await expect
    .poll(async () => (await shop.payment(orderId, ada)).status, { timeout: 30_000 })
    .toBe('DECLINED')
  expect((await shop.publishedAbout(orderId)).at(-1)?.data).toMatchObject({ code: 'authentication_failed' })
})
