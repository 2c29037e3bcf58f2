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

describe('an authorize that is repeated', () => {
  test('before the deadline of the authentication is answered with it', () => {
    const data = { orderId: 'ord_1', paymentId: 'pay_1', expiresAt: UNTIL.toISOString() }
    expect(answerAfter(ASKED)).toEqual([['payments.payment.action_required', data]])
  })

  test('while the gateway voids the payment after the deadline has no answer: there is no deadline any more', () => {
    expect(answerAfter([...ASKED, { type: 'ActionExpired' }])).toEqual([])
  })
})
