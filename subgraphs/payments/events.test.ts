import { describe, expect, test } from 'vitest'
import { messagesOf } from './events.ts'
import { decide } from './payment/decide.ts'
import { evolve } from './payment/evolve.ts'
import type { PaymentEvent, PaymentState } from './payment/payment.ts'

const ABOUT = { orderId: 'ord_1', paymentId: 'pay_1', currency: 'USD' } as const
const UNTIL = new Date('2026-12-05T09:00:00.000Z')
const ASKED: PaymentEvent[] = [
  { type: 'AuthorizationBegan', amountMinor: 4200n },
  { type: 'ActionRequired', action: { url: 'https://bank.example', until: UNTIL } },
]

/** The answer to a repeated authorize after these events. */
function answerAfter(events: readonly PaymentEvent[]): unknown[] {
  const payment = events.reduce<PaymentState | null>(evolve, null)
  const decided = decide(payment, { type: 'Authorize', amountMinor: 4200n, isMethodKnown: true })
  return decided.flatMap((event) => messagesOf(ABOUT, payment, event)).map(({ type, data }) => [type, data])
}

const USD = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })
const FAILURE = { code: 'lost_card', message: 'The card was lost.', retryable: true }
const OTHER = { code: 'account_closed', message: 'It is closed.', retryable: false }

/** A payment whose amounts all differ. */
const payment = (status: PaymentState['status']): PaymentState => ({
  ...{ status, pending: null, version: 7, failure: FAILURE, authorizedUntil: UNTIL },
  ...{ amountMinor: 60n, authorizedMinor: 50n, capturedMinor: 40n },
  ...{ refundingMinor: 30n, refundedMinor: 20n, reversedMinor: 10n },
  action: { url: 'https://bank.example', until: new Date('2026-12-01T09:00:00.000Z') },
})
const standing: PaymentEvent = { type: 'Reported', as: { of: 'STATUS' } }
const totals = { refundedTotal: USD('20'), reversedTotal: USD('10') }
const captured = { captured: USD('40'), capturedTotal: USD('40') }
const authorized = { amount: USD('50'), expiresAt: '2026-12-05T09:00:00.000Z' }
const { retryable: _, ...told } = OTHER
const refund = { key: 'ret_1', amountMinor: 5n }

describe('the message about a payment of 0.60', () => {
  const ROWS: readonly [PaymentState['status'], PaymentEvent, string, object][] = [
    ['REQUIRES_ACTION', standing, 'payment.action_required', { expiresAt: '2026-12-01T09:00:00.000Z' }],
    ['AUTHORIZED', { type: 'Authorized', until: UNTIL }, 'payment.authorized', authorized],
    ['AUTHORIZED', standing, 'payment.authorized', authorized],
    ['DECLINED', { type: 'Declined', failure: OTHER }, 'payment.declined', FAILURE],
    ['DECLINED', standing, 'payment.declined', FAILURE],
    ['VOIDED', { type: 'Voided' }, 'payment.voided', {}],
    ['VOIDED', standing, 'payment.voided', {}],
    ['CAPTURE_FAILED', { type: 'Released' }, 'payment.voided', {}],
    ['DECLINED', { type: 'Reported', as: { of: 'VOIDED' } }, 'payment.voided', {}],
    ['CAPTURE_FAILED', { type: 'Reported', as: { of: 'VOIDED' } }, 'payment.voided', {}],
    ['CAPTURED', { type: 'Captured', amountMinor: 40n }, 'payment.captured', captured],
    ['CAPTURED', standing, 'payment.captured', captured],
    ['PARTIALLY_REFUNDED', standing, 'payment.captured', captured],
    ['REFUNDED', standing, 'payment.captured', captured],
    [
      'CAPTURE_FAILED',
      { type: 'CaptureFailed', failure: OTHER, isOpen: true },
      'payment.capture_failed',
      told,
    ],
    [
      'VOIDED',
      { type: 'Reported', as: { of: 'CAPTURE_FAILED', failure: OTHER } },
      'payment.capture_failed',
      told,
    ],
    ['CAPTURE_FAILED', standing, 'payment.capture_failed', { code: FAILURE.code, message: FAILURE.message }],
    [
      'REFUNDED',
      { type: 'Refunded', ...refund },
      'payment.refunded',
      { refundId: 'ret_1', amount: USD('5'), ...totals },
    ],
    [
      'CAPTURED',
      { type: 'Reported', as: { of: 'REFUNDED', ...refund } },
      'payment.refunded',
      { refundId: 'ret_1', amount: USD('5'), ...totals },
    ],
    [
      'CAPTURED',
      { type: 'RefundReversed', ...refund, failure: OTHER },
      'refund.reversed',
      { refundId: 'ret_1', amount: USD('5'), ...totals, ...told },
    ],
  ]
  const cases = ROWS.map(([status, event, type, data]) => ({ status, event, type, data }))
  test.each(cases)('that is $status is $type after $event.type', ({ status, event, type, data }) => {
    expect(messagesOf(ABOUT, payment(status), event)).toEqual([
      {
        ...{ type: `payments.${type}`, subject: 'ord_1', sequence: 7 },
        data: { orderId: 'ord_1', paymentId: 'pay_1', ...data },
      },
    ])
  })

  test('has no end of an authorization that has none', () => {
    const [message] = messagesOf(ABOUT, { ...payment('AUTHORIZED'), authorizedUntil: null }, standing)
    expect(message?.data).toEqual({ orderId: 'ord_1', paymentId: 'pay_1', ...authorized, expiresAt: null })
  })

  test('names the refund alone when it failed', () => {
    const failed: PaymentEvent = { type: 'RefundFailed', ...refund, failure: OTHER }
    const data = { orderId: 'ord_1', refundId: 'ret_1', ...told }
    expect(messagesOf(ABOUT, payment('CAPTURED'), failed)).toEqual([
      { type: 'payments.refund.failed', subject: 'ord_1', sequence: 7, data },
    ])
  })

  test.each<[PaymentState['status'], PaymentEvent]>([
    ['PROCESSING', standing],
    ['UNKNOWN', standing],
    ['VOID_PENDING', standing],
    ['DECLINED', { type: 'Released' }],
    ['CAPTURED', { type: 'RefundBegan', ...refund }],
  ])('that is %s is none after %o', (status, event) => {
    expect(messagesOf(ABOUT, payment(status), event)).toEqual([])
  })
})

describe('an authorize that is repeated', () => {
  test('before the deadline of the authentication is answered with it', () => {
    const data = { orderId: 'ord_1', paymentId: 'pay_1', expiresAt: UNTIL.toISOString() }
    expect(answerAfter(ASKED)).toEqual([['payments.payment.action_required', data]])
  })

  test('while the gateway voids the payment after the deadline has no answer: there is no deadline any more', () => {
    expect(answerAfter([...ASKED, { type: 'ActionExpired' }])).toEqual([])
  })
})
