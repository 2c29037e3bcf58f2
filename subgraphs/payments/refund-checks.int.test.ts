import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MAX_CHECKS } from './payment/refund-checks.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const HOUR_MS = 3_600_000
const MADE_AT = new Date('2026-11-21T09:00:00Z')
let now = MADE_AT
let shop: OpenPayments
beforeAll(async () => {
  const settings = { REFUND_CHECK_HOURS: '2', REFUND_CHECK_DAYS: '3', SPEED: '60' }
  shop = await openPayments({ clock: () => now, settings })
})
afterAll(() => shop.close())
beforeEach(async () => {
  now = MADE_AT
  await shop.sql(`UPDATE refund SET settled_at = '2020-01-01'`)
})

/** An order with a refund of a part. @returns its id */
async function refunded(): Promise<string> {
  const { orderId } = await shop.authorized(customer(newId('usr')))
  await shop.command('capture', { orderId })
  const amount = { amountMinor: '1200', currencyCode: 'USD' }
  await shop.command('refund', { orderId, refundId: 'ret_1', amount, reason: 'returned' })
  return orderId
}

/** Runs the timer at this time after the refunds were made, and makes all resulting calls. */
async function checkAfter(ms: number): Promise<void> {
  now = new Date(MADE_AT.getTime() + ms)
  await shop.runTimer('check-refunds')
  await shop.resources.work.idle()
}

const told = async (orderId: string) => (await shop.publishedAbout(orderId)).map(({ type }) => type).slice(2)
const lookups = async (orderId: string) =>
  (
    await shop.sql(
      `SELECT FROM gateway_call c JOIN payment p ON p.id = c.payment_id
                    WHERE p.order_id = $1 AND c.kind = 'FETCH'`,
      orderId,
    )
  ).length

test('with SPEED, authentications and authorizations expire sooner', async () => {
  const ada = customer(newId('usr'))
  const [{ orderId: unproven }, { orderId }] = [
    await shop.authorized(ada, '4000000000003220'),
    await shop.authorized(ada),
  ]
  expect((await shop.row(unproven)).actionExpiresAt).toEqual(new Date(MADE_AT.getTime() + 10_000))
  expect((await shop.row(orderId)).status).toBe('AUTHORIZED')
})

test('a refund that fails after it was made is found two hours later without a webhook, once', async () => {
  const orderId = await refunded()
  await shop.sandbox.failRefunds(orderId)
  await checkAfter(2 * HOUR_MS - 1)
  expect(await told(orderId)).toEqual(['payment.refunded'])
  await checkAfter(2 * HOUR_MS)
  expect(await told(orderId)).toEqual(['payment.refunded', 'refund.reversed'])
  const failure = { failureCode: 'account_closed', failureMessage: 'The account of the card is closed.' }
  const found = await shop.resources.prisma.refund.findMany({ where: { payment: { orderId } } })
  expect(found).toMatchObject([{ status: 'FAILED', ...failure, createdAt: MADE_AT, settledAt: now }])
  await checkAfter(4 * HOUR_MS)
  expect(await told(orderId)).toHaveLength(2)
  expect(await lookups(orderId)).toBe(1)
})

test('a failed refund that the shop does not know, such as one of the gateway’s console, hides none that it knows', async () => {
  const orderId = await refunded()
  await shop.sandbox.failRefunds(orderId)
  const { gateway } = shop.resources
  const { fetch } = gateway
  gateway.fetch = async (ref) => {
    const found = await fetch(ref)
    return {
      ...found,
      failedRefunds: found.failedRefunds.flatMap((one) => [{ ...one, key: newId('gwc') }, one]),
    }
  }
  await checkAfter(2 * HOUR_MS)
  gateway.fetch = fetch
  expect(await told(orderId)).toEqual(['payment.refunded', 'refund.reversed'])
})

test('a refund is looked up every two hours for three days', async () => {
  const orderId = await refunded()
  const counts = []
  for (const hours of [2, 3, 4, 70, 72, 80]) {
    await checkAfter(hours * HOUR_MS)
    counts.push(await lookups(orderId))
  }
  expect(counts).toEqual([1, 1, 2, 3, 3, 3])
})

test('a refund that failed, and one at another gateway, is not looked up', async () => {
  const [failed, elsewhere] = [await refunded(), await refunded()]
  const ofOrder = '(SELECT id FROM payment WHERE order_id = $1)'
  await shop.sql(`UPDATE refund SET status = 'FAILED' WHERE payment_id = ${ofOrder}`, failed)
  const itsMethod = '(SELECT method_id FROM payment WHERE order_id = $1)'
  await shop.sql(`UPDATE payment_method SET gateway = 'stripe' WHERE id = ${itsMethod}`, elsewhere)
  await checkAfter(2 * HOUR_MS)
  expect(await Promise.all([failed, elsewhere].map(lookups))).toEqual([0, 0])
})

test('a refund waits for another of its order, and both count', async () => {
  const orderId = await refunded()
  const { prisma, payments, work } = shop.resources
  const command = { orderId, reason: 'returned' }
  let second: Promise<void> = Promise.resolve()
  await prisma.$transaction(async (tx) => {
    const amount = { minor: 700n, currency: 'USD' } as const
    await payments.refund(tx, { ...command, refundId: 'ret_2', amount })
    const other = { ...command, refundId: 'ret_3', amount: { amountMinor: '500', currencyCode: 'USD' } }
    second = shop.deliver('payments.refund', other, { subject: orderId })
    await shop.untilWaiting(1, [second])
  })
  await second
  await work.idle()
  expect(await shop.row(orderId)).toMatchObject({ refundedMinor: 2_400n, refundingMinor: 2_400n })
})

/** Copies of the payment of an order, each with one refund; that of the highest number is the oldest. */
async function copies(orderId: string, count: number): Promise<void> {
  const copy = (table: string, changes: string, from: string) => `
    INSERT INTO ${table} SELECT (jsonb_populate_record(t, jsonb_build_object(${changes}))).*
      FROM ${table} t, generate_series(1, ${count}) n WHERE ${from}`
  await shop.sql(
    copy('payment', `'id', 'pay_' || n, 'order_id', 'ord_' || n, 'gateway_ref', NULL`, 't.order_id = $1'),
    orderId,
  )
  await shop.sql(
    copy(
      'refund',
      `'id', 'rfd_' || n, 'payment_id', 'pay_' || n, 'settled_at', t.settled_at - interval '1 minute' * n`,
      't.payment_id = (SELECT id FROM payment WHERE order_id = $1)',
    ),
    orderId,
  )
}

test(`a round looks up ${MAX_CHECKS} payments, the longest unseen first, and leaves those that are locked`, async () => {
  await copies(await refunded(), MAX_CHECKS + 3)
  // The oldest refund was looked up later than the others were made.
  await shop.sql(`UPDATE refund SET checked_at = $1::timestamptz WHERE id = 'rfd_${MAX_CHECKS + 3}'`, MADE_AT)
  const seen = () =>
    shop.sql<{ n: number }>(
      'SELECT substr(id, 5)::int AS n FROM refund WHERE checked_at > $1::timestamptz AND length(id) < 8 ORDER BY n',
      MADE_AT,
    )
  await shop.resources.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT FROM payment WHERE id = 'pay_22' FOR UPDATE`
    await checkAfter(2 * HOUR_MS)
  })
  const oldest = Array.from({ length: MAX_CHECKS }, (_, index) => ({ n: index + 2 }))
  expect(await seen()).toEqual(oldest)
})
