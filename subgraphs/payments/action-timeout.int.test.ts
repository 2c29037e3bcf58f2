import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

/** A card that requires authentication and sends no webhook. */
const SILENT_CARD = '4000000000000093'

/** A payment whose customer decides on the page of the bank, which the shop does not learn before the deadline. */
async function decidedUnnoticed(decision: 'approve' | 'deny'): Promise<string> {
  const { orderId } = await shop.authorized(customer(newId('usr')), SILENT_CARD)
  const [payment] = await shop.sandbox.sql<{ id: string }>(
    'SELECT action_id AS id FROM payment WHERE reference = $1',
    orderId,
  )
  const body = new URLSearchParams({ decision })
  await fetch(`${shop.sandbox.url}/action/${payment?.id}`, { method: 'POST', body, redirect: 'manual' })
  await shop.sql(
    `UPDATE payment SET action_expires_at = now() - interval '1 second' WHERE order_id = $1`,
    orderId,
  )
  await shop.runTimer('end-run-out-payments')
  await shop.resources.work.idle()
  return orderId
}

const atGateway = async (orderId: string) =>
  (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId).map(({ kind }) => kind)

test('a customer who authenticated in time has paid, although the webhook was lost', async () => {
  const orderId = await decidedUnnoticed('approve')
  expect((await shop.publishedAbout(orderId)).at(-1)).toMatchObject({ type: 'payment.authorized' })
  await shop.command('capture', { orderId })
  expect((await shop.row(orderId)).status).toBe('CAPTURED')
  expect(await atGateway(orderId)).toEqual(['AUTHORIZE', 'CAPTURE'])
})

test('a customer who denied the payment is told so, although the webhook was lost', async () => {
  const orderId = await decidedUnnoticed('deny')
  expect((await shop.publishedAbout(orderId)).at(-1)).toMatchObject({
    type: 'payment.declined',
    data: { code: 'authentication_failed' },
  })
  expect(await atGateway(orderId)).toEqual([])
})
