import { describe, expect, test } from 'vitest'
import type { PaymentState } from './payment.ts'
import { checkRefund } from './refund.ts'

/** A payment in dollars of which 42.00 were captured. `refundingMinor` counts all refunds that have begun, settled ones too. */
function captured(but: Partial<PaymentState> = {}): PaymentState {
  return {
    status: 'CAPTURED',
    pending: null,
    amountMinor: 4200n,
    authorizedMinor: 4200n,
    capturedMinor: 4200n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    reversedMinor: 0n,
    failure: null,
    action: null,
    authorizedUntil: null,
    version: 3,
    ...but,
  }
}

describe('what can be given back', () => {
  test.each([
    ['all of it', '42.00', {}, 4200n],
    ['the smallest amount', '0.01', {}, 1n],
    ['what earlier refunds left', '12.00', { refundingMinor: 3000n, refundedMinor: 3000n }, 1200n],
    ['what refunds under way leave', '2.00', { refundingMinor: 4000n, refundedMinor: 3000n }, 200n],
  ])('%s', (_, amount, but, minor) => {
    expect(checkRefund(amount, captured(but), 'USD')).toEqual({ ok: true, value: { minor, currency: 'USD' } })
  })
})

test.each([
  ['42.01', {}, '42.00'],
  ['12.01', { refundingMinor: 3000n, refundedMinor: 3000n }, '12.00'],
  ['2.01', { refundingMinor: 4000n, refundedMinor: 3000n }, '2.00'],
  ['0.01', { refundingMinor: 4200n, refundedMinor: 4200n }, '0.00'],
])('%s is more than is left', (amount, but, left) => {
  expect(checkRefund(amount, captured(but), 'USD')).toEqual({
    ok: false,
    errors: [
      {
        __typename: 'RefundExceedsCapturedError',
        message: `amount is ${amount}: allowed is up to ${left} USD, the captured amount less refunds`,
        path: ['amount'],
        refundable: { amount: left, currencyCode: 'USD' },
      },
    ],
  })
})

test.each([
  ['0', 'USD'],
  ['-1.00', 'USD'],
  ['1.001', 'USD'],
  ['1.5', 'JPY'],
  ['ten', 'USD'],
] as const)('%s is no amount of %s', (amount, currency) => {
  expect(checkRefund(amount, captured(), currency)).toMatchObject({
    ok: false,
    errors: [{ __typename: 'ValidationError', path: ['amount'], message: expect.stringContaining(amount) }],
  })
})
