import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PaymentState } from './payment/payment.ts'
import { lockPayment, type PaymentRow, RUN_OUT_AT, savePayment } from './payment/payment-rows.ts'
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
    await shop.runTimer('end-run-out-payments')
    await shop.resources.work.idle()
    return (await shop.row(orderId)).status
  }
  const lookup = { kind: 'FETCH', payment: { orderId: unproven } } as const
  const [call] = await shop.resources.prisma.gatewayCall.findMany({ where: lookup })
  // In case the webhook about the customer is lost.
  expect(call?.dueAt).toEqual(new Date(now.getTime() + 30_000))
  const nextEnd = async () => Object.values((await shop.sql<{ least: Date }>(RUN_OUT_AT))[0] ?? {})
  expect(await nextEnd()).toEqual([new Date(nextAction.expiresAt)])
  expect(await statusAfter(unproven, 600_000 - 1)).toBe('REQUIRES_ACTION')
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
