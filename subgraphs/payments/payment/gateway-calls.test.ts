import { expect, test } from 'vitest'
import { backoffMs, isOver, newCall, pendingMs } from './gateway-calls.ts'
import type { PaymentState } from './payment.ts'

test('a call is repeated after twice as long each time, at last every minute', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map(backoffMs)
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('a pending refund is read again after twice as long each time, at last every hour', () => {
  const pauses = [1, 2, 3, 7, 8, 50].map(pendingMs)
  expect(pauses).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000])
})

test('a call is due at once; one that this process has claimed is due for others after 20 s', () => {
  const now = new Date('2026-11-28T09:00:00Z')
  expect(newCall('pay_1', 'CAPTURE', { now })).toMatchObject({ attempts: 0, dueAt: now, refundId: null })
  const leased = { attempts: 1, dueAt: new Date('2026-11-28T09:00:20Z') }
  expect(newCall('pay_1', 'CAPTURE', { now, isClaimed: true })).toMatchObject(leased)
})

test('a call has taken effect once the payment no longer waits for it; a lookup, unless the customer is still asked', () => {
  const state = (status: PaymentState['status'], pending: PaymentState['pending']): PaymentState => ({
    ...{ status, pending, amountMinor: 1n, authorizedMinor: 0n, capturedMinor: 0n, refundingMinor: 0n },
    ...{
      refundedMinor: 0n,
      reversedMinor: 0n,
      failure: null,
      action: null,
      authorizedUntil: null,
      version: 1,
    },
  })
  expect(isOver('CAPTURE', state('AUTHORIZED', 'CAPTURE'))).toBe(false)
  expect(isOver('CAPTURE', state('CAPTURED', null))).toBe(true)
  expect(isOver('FETCH', state('REQUIRES_ACTION', null))).toBe(false)
  expect(isOver('FETCH', state('REQUIRES_ACTION', 'VOID'))).toBe(true)
  expect(isOver('FETCH', state('AUTHORIZED', null))).toBe(true)
  expect(isOver('REFUND', state('CAPTURED', null))).toBe(true)
})
