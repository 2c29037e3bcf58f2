import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { newTrace, withTrace } from '@argyle/kit/trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Prisma } from './generated/prisma/client.ts'
import { claimCalls, newCall, openCall, scheduleLookup } from './payment/gateway-calls.ts'
import type { PaymentState } from './payment/payment.ts'
import { lockPayment, type PaymentRow, RUN_OUT_AT, savePayment } from './payment/payment-rows.ts'
import { reverseRefund, settleRefund } from './payment/refund-rows.ts'
import { payments } from './subgraph.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const DAY_MS = 24 * 3_600_000
let now = new Date('2026-11-21T09:00:00Z')
let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments({ clock: () => now })
})
afterAll(() => shop.close())

test('an authentication ends after ten minutes, and an authorization at its time, not a millisecond earlier', async () => {
  const ada = customer(newId('usr'))
  const [{ orderId: unproven }, { orderId: held }] = [
    await shop.authorized(ada, '4000000000003220'),
    await shop.authorized(ada),
  ]
  const { nextAction } = await shop.payment(unproven, ada)
  expect(nextAction.expiresAt).toBe(new Date(now.getTime() + 600_000).toISOString())
  const statusAfter = async (orderId: string, ms: number) => {
    now = new Date(now.getTime() + ms)
    await shop.resources.payments.endRunOut()
    await shop.resources.work.idle()
    return (await shop.row(orderId)).status
  }
  const lookups = async () =>
    (
      await shop.resources.prisma.gatewayCall.findMany({
        where: { kind: 'FETCH', payment: { orderId: unproven } },
      })
    ).map(({ dueAt }) => dueAt)
  // Each half minute, in case the webhook about the customer is lost.
  expect(await lookups()).toEqual([new Date(now.getTime() + 30_000)])
  const nextEnd = async () => Object.values((await shop.sql<{ least: Date }>(RUN_OUT_AT))[0] ?? {})
  expect(await nextEnd()).toEqual([new Date(nextAction.expiresAt)])
  expect(await statusAfter(unproven, 30_000)).toBe('REQUIRES_ACTION')
  expect(await lookups()).toEqual([new Date(now.getTime() + 30_000)])
  expect(await statusAfter(unproven, 570_000 - 1)).toBe('REQUIRES_ACTION')
  expect(await statusAfter(unproven, 1)).toBe('DECLINED')
  // The answer to whoever still has the page open has no second step.
  expect((await shop.payment(unproven, ada)).nextAction).toBeNull()
  expect((await shop.row(unproven)).updatedAt).toEqual(now)
  const { authorizedUntil } = await shop.row(held)
  expect(await nextEnd()).toEqual([authorizedUntil])
  const left = Number(authorizedUntil) - now.getTime()
  expect(await statusAfter(held, left - 1)).toBe('AUTHORIZED')
  expect(await statusAfter(held, 1)).toBe('VOIDED')
})

test('a payment whose authorization cannot be ended holds no other up', async () => {
  const orders = []
  for (let count = 0; count < 3; count++) orders.push((await shop.authorized(customer(newId('usr')))).orderId)
  const rows = await Promise.all(orders.map((orderId) => shop.row(orderId)))
  const [bad, ...good] = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  now = new Date(now.getTime() + 30 * DAY_MS)
  const name = 'ALTER TABLE payment ADD CONSTRAINT broken CHECK'
  await shop.sql(`${name} (id <> '${bad?.id}' OR status <> 'VOID_PENDING') NOT VALID`)
  await expect(shop.runTimer('end-run-out-payments')).rejects.toThrow(bad?.id)
  await shop.resources.work.idle()
  for (const { orderId } of good) expect((await shop.row(orderId)).status).not.toBe('AUTHORIZED')
  await shop.sql('ALTER TABLE payment DROP CONSTRAINT broken')
  await shop.runTimer('end-run-out-payments')
  expect((await shop.row(bad?.orderId ?? '')).status).not.toBe('AUTHORIZED')
})

test('a claimed call has all that the gateway is told, and the trace of the request that caused it', async () => {
  const { prisma } = shop.resources
  const [{ orderId }, { orderId: other }] = [
    await shop.authorized(customer(newId('usr'))),
    await shop.authorized(customer(newId('usr'))),
  ]
  await prisma.payment.update({ where: { orderId }, data: { orderNumber: 'A-7', currency: 'JPY' } })
  const [{ id: paymentId, gatewayRef, methodId }, { id: otherId }] = [
    await shop.row(orderId),
    await shop.row(other),
  ]
  const method = await prisma.paymentMethod.findUniqueOrThrow({ where: { id: methodId ?? '' } })
  /** A refund with a call that is over. */
  const made = async (n: number, key: string, but: Partial<Prisma.RefundUncheckedCreateInput> = {}) => {
    const about = { paymentId: but.paymentId ?? paymentId, createdAt: now }
    const refund = {
      ...about,
      id: `rfd_${n}`,
      key,
      amountMinor: 1_200n,
      reason: 'Late.',
      status: 'FAILED',
    } as const
    await prisma.refund.create({ data: { ...refund, failureCode: 'a', settledAt: now, ...but } })
    const call = { ...about, id: `gwc_${n}`, kind: 'REFUND', refundId: refund.id } as const
    await prisma.gatewayCall.create({ data: { ...call, correlationId: 'cor', dueAt: now, doneAt: now } })
  }
  await made(2, 'ret_1')
  await made(1, 'ret_1:2')
  await made(3, 'ret_1:3', { amountMinor: 1_300n })
  await made(4, 'ret_1:4', { status: 'SUCCEEDED', failureCode: null })
  await made(5, 'ret_2')
  await made(6, 'ret_1', { paymentId: otherId })
  const request = { paymentId, key: 'ret_1:5', amountMinor: 1_200n, reason: 'Too late.', createdAt: now }
  await prisma.refund.create({ data: { ...request, id: 'rfd_7', status: 'PENDING' } })
  const trace = { correlationId: 'cor_1', causationId: 'evt_1', traceparent: '00-1-2-01' }
  const call = withTrace(newTrace(trace), () => newCall(paymentId, 'REFUND', { now, refundId: 'rfd_7' }))
  await openCall(prisma, call, now)
  await withTrace(newTrace(trace), () => scheduleLookup(prisma, paymentId, new Date(now.getTime() + 1), now))
  // The timer that makes calls sleeps until the first that is open.
  const { due = '' } = payments.timers?.find(({ name }) => name === 'call-gateway') ?? {}
  const { _min: first } = await prisma.gatewayCall.aggregate({
    _min: { dueAt: true },
    where: { doneAt: null },
  })
  expect(await shop.sql<{ min: Date }>(String(due))).toEqual([{ min: first.dueAt }])
  const claimed = async () =>
    (await claimCalls(prisma, { gateway: 'sandbox', now, most: 50 })).filter(({ id }) => id === call.id)
  const all = {
    ...{ id: call.id, paymentId, kind: 'REFUND', orderId, orderNumber: 'A-7', currency: 'JPY' },
    ...{ amountMinor: 4_200n, gatewayRef, methodRef: method.gatewayRef, isTimeout: false, ...trace },
    ...{ refundId: 'rfd_7', refundMinor: 1_200n, refundReason: 'Too late.' },
    refundReplaces: ['gwc_1', 'gwc_2'],
  }
  const leased = () => new Date(now.getTime() + 20_000)
  expect(await claimed()).toEqual([{ ...all, attempts: 1, dueAt: leased() }])
  expect(await claimed()).toEqual([])
  now = leased()
  expect(await claimed()).toEqual([{ ...all, attempts: 2, dueAt: leased() }])
  expect(await prisma.gatewayCall.findFirst({ where: { paymentId, kind: 'FETCH' } })).toMatchObject(trace)
})

test('what became of a refund is saved in its own row, and only once', async () => {
  const { prisma } = shop.resources
  const [one, other] = [
    (await shop.row((await shop.authorized(customer(newId('usr')))).orderId)).id,
    (await shop.row((await shop.authorized(customer(newId('usr')))).orderId)).id,
  ]
  const ofBoth = { paymentId: { in: [one, other] } }
  for (const [id, paymentId, key] of [
    ['rfd_a', one, 'ret_a'],
    ['rfd_b', other, 'ret_a'],
    ['rfd_c', one, 'ret_c'],
  ] as const)
    await prisma.refund.create({
      data: { id, paymentId, key, amountMinor: 1n, reason: 'Late.', status: 'PENDING', createdAt: now },
    })
  const rows = () => prisma.refund.findMany({ where: ofBoth, orderBy: { id: 'asc' } })
  const [first, ...others] = await rows()
  const mine = { paymentId: one, key: 'ret_a' }
  const failure = { code: 'account_closed', message: 'It is closed.', retryable: true }
  const failed = { status: 'FAILED', failureCode: 'account_closed', failureMessage: 'It is closed.' }
  const [made, gone] = [new Date(now.getTime() + 1), new Date(now.getTime() + 2)]
  await reverseRefund(prisma, mine, { failure, now: made })
  expect(await rows()).toEqual([first, ...others])
  await settleRefund(prisma, mine, { failure: null, now: made })
  expect(await rows()).toEqual([{ ...first, status: 'SUCCEEDED', settledAt: made }, ...others])
  await settleRefund(prisma, mine, { failure, now: gone })
  expect(await rows()).toEqual([{ ...first, status: 'SUCCEEDED', settledAt: made }, ...others])
  await settleRefund(prisma, { ...mine, key: 'ret_c' }, { failure: null, now: made })
  await settleRefund(prisma, { ...mine, paymentId: other }, { failure: null, now: made })
  await reverseRefund(prisma, mine, { failure, now: gone })
  const succeeded = others.map((row) => ({ ...row, status: 'SUCCEEDED', settledAt: made }))
  expect(await rows()).toEqual([{ ...first, ...failed, settledAt: gone }, ...succeeded])
})

test('a payment is read as it was saved, in each of its columns, when it is new and after each change', async () => {
  const ada = customer(newId('usr'))
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000)
  const row: PaymentRow = {
    ...{ id: newId('pay'), orderId: newId('ord'), orderNumber: 'A-2', customerId: newId('usr') },
    ...{ guestProofHash: 'a hash', methodId: await shop.aMethod(ada), methodRef: null, gateway: 'sandbox' },
    ...{ gatewayRef: null, currency: 'JPY', createdAt: after(-1) },
  }
  const first: PaymentState = {
    ...{ status: 'REQUIRES_ACTION', pending: null, version: 1 },
    ...{ amountMinor: 60n, authorizedMinor: 50n, capturedMinor: 40n },
    ...{ refundingMinor: 30n, refundedMinor: 20n, reversedMinor: 10n },
    failure: { code: 'a', message: 'The first.', retryable: true },
    ...{ action: { url: 'https://bank.example/1', until: after(1) }, authorizedUntil: after(2) },
  }
  const second: PaymentState = {
    ...{ status: 'AUTHORIZED', pending: 'CAPTURE', version: 2 },
    ...{ amountMinor: 65n, authorizedMinor: 54n, capturedMinor: 43n },
    ...{ refundingMinor: 32n, refundedMinor: 21n, reversedMinor: 11n },
    failure: { code: 'b', message: 'The second.', retryable: false },
    ...{ action: { url: 'https://bank.example/2', until: after(3) }, authorizedUntil: after(4) },
  }
  const third = { ...second, version: 3, pending: null, failure: null, action: null, authorizedUntil: null }
  const read = shop.resources.prisma.$transaction(async (tx) => {
    const calls = { now, opened: null, closed: null }
    for (const [gatewayRef, state] of [
      [null, first],
      ['py_1', second],
      ['py_2', third],
    ] as const) {
      await savePayment(tx, { ...row, gatewayRef }, state, calls)
      expect(await lockPayment(tx, row.id)).toEqual({ row: { ...row, gatewayRef }, state })
    }
    throw new Error('is rolled back')
  })
  await expect(read).rejects.toThrow('is rolled back')
})
