import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import type { PaymentEvent, PaymentInput, PaymentState } from './payment.ts'

const UNTIL = new Date('2026-12-05T09:00:00.000Z')
const REFUSAL = { code: 'card_declined', message: 'The card was declined.', retryable: false }

/** A payment of 42.00 after these events. */
function after(...events: PaymentEvent[]): PaymentState | null {
  return events.reduce<PaymentState | null>(evolve, null)
}
const BEGUN: PaymentEvent = { type: 'AuthorizationBegan', amountMinor: 4200n }
const AUTHORIZED: PaymentEvent[] = [BEGUN, { type: 'Authorized', until: UNTIL }]
const CAPTURED: PaymentEvent[] = [
  ...AUTHORIZED,
  { type: 'CaptureBegan' },
  { type: 'Captured', amountMinor: 4200n },
]
const refunding = (key: string, amountMinor: bigint): PaymentEvent[] => [
  { type: 'RefundBegan', key, amountMinor },
  { type: 'Refunded', key, amountMinor },
]

/** A payment in each of its situations. */
const SITUATIONS = {
  none: after(),
  PROCESSING: after(BEGUN),
  UNKNOWN: after(BEGUN, { type: 'OutcomeBecameUnknown' }),
  REQUIRES_ACTION: after(BEGUN, { type: 'ActionRequired', action: { url: null, until: UNTIL } }),
  'out of time': after(
    BEGUN,
    { type: 'ActionRequired', action: { url: null, until: UNTIL } },
    { type: 'ActionExpired' },
  ),
  AUTHORIZED: after(...AUTHORIZED),
  'being captured': after(...AUTHORIZED, { type: 'CaptureBegan' }),
  'being voided': after(...AUTHORIZED, { type: 'VoidRequested', failure: null }, { type: 'VoidBegan' }),
  DECLINED: after(BEGUN, { type: 'Declined', failure: REFUSAL }),
  VOIDED: after({ type: 'Tombstoned' }),
  CAPTURE_FAILED: after(...AUTHORIZED, { type: 'CaptureFailed', failure: REFUSAL, isOpen: false }),
  CAPTURED: after(...CAPTURED),
  PARTIALLY_REFUNDED: after(...CAPTURED, ...refunding('r1', 1200n)),
  REFUNDED: after(...CAPTURED, ...refunding('r1', 4200n)),
} as const
type Situation = keyof typeof SITUATIONS

/** The events in short: a type, or the report of a status that is known already. */
const shortly = (events: readonly PaymentEvent[]) =>
  events.map((event) => (event.type === 'Reported' ? `report ${event.as.of}` : event.type)).join(', ')

const AUTHORIZE: PaymentInput = { type: 'Authorize', amountMinor: 4200n, isMethodKnown: true }

/** The answer to each command in each situation. */
const TABLE: readonly [Situation, authorize: string, capture: string, voided: string][] = [
  ['none', 'AuthorizationBegan', 'report CAPTURE_FAILED', 'Tombstoned'],
  ['PROCESSING', '', '', 'VoidRequested'],
  ['UNKNOWN', '', '', 'VoidRequested'],
  ['REQUIRES_ACTION', 'report STATUS', '', 'VoidRequested, VoidBegan'],
  ['out of time', 'report STATUS', '', 'VoidRequested'],
  ['AUTHORIZED', 'report STATUS', 'CaptureBegan', 'VoidRequested, VoidBegan'],
  ['being captured', 'report STATUS', '', ''],
  ['being voided', '', '', ''],
  ['DECLINED', 'report STATUS', 'report CAPTURE_FAILED', 'report VOIDED'],
  ['VOIDED', 'report STATUS', 'report CAPTURE_FAILED', 'report VOIDED'],
  ['CAPTURE_FAILED', 'report STATUS', 'report STATUS', 'report VOIDED'],
  ['CAPTURED', 'report STATUS', 'report STATUS', 'report STATUS'],
  ['PARTIALLY_REFUNDED', 'report STATUS', 'report STATUS', 'report STATUS'],
  ['REFUNDED', 'report STATUS', 'report STATUS', 'report STATUS'],
]

test.each(TABLE)(
  '%s: authorize is "%s", capture "%s", void "%s"',
  (situation, authorize, capture, voided) => {
    const payment = SITUATIONS[situation]
    expect(shortly(decide(payment, AUTHORIZE))).toBe(authorize)
    expect(shortly(decide(payment, { type: 'Capture' }))).toBe(capture)
    expect(shortly(decide(payment, { type: 'Void' }))).toBe(voided)
  },
)

test.each([
  ['none', 'no_payment', 'The order has no payment.'],
  ['VOIDED', 'payment_voided', 'The payment was voided.'],
  ['DECLINED', REFUSAL.code, REFUSAL.message],
] as const)('a capture of a payment that is %s fails by %s', (situation, code, message) => {
  expect(decide(SITUATIONS[situation], { type: 'Capture' })).toEqual([
    { type: 'Reported', as: { of: 'CAPTURE_FAILED', failure: { code, message, retryable: false } } },
  ])
})

test('the table has every situation', () => {
  expect(TABLE.map(([situation]) => situation)).toEqual(Object.keys(SITUATIONS))
})

test('a method that is not known is declined at once', () => {
  expect(decide(null, { ...AUTHORIZE, isMethodKnown: false })).toMatchObject([
    { type: 'AuthorizationBegan' },
    {
      type: 'Declined',
      failure: {
        code: 'payment_method_unknown',
        message: 'The payment method does not exist.',
        retryable: false,
      },
    },
  ])
})

describe('a refund', () => {
  const ask = (payment: PaymentState | null, amountMinor: bigint, more: object = {}) =>
    decide(payment, { type: 'Refund', key: 'r2', amountMinor, isSameCurrency: true, known: null, ...more })
  const MESSAGES = {
    exceeds_captured: 'The refunds would exceed the captured amount.',
    amount_not_positive: 'The amount must be greater than zero.',
    currency_mismatch: 'The payment was made in another currency.',
    not_captured: 'Nothing was captured.',
    refused: 'The refund was refused.',
  }
  const failure = (code: keyof typeof MESSAGES) => {
    const expectedFailure = { code, message: MESSAGES[code], retryable: false }
    return [{ type: 'Reported', as: { of: 'REFUND_FAILED', key: 'r2', failure: expectedFailure } }]
  }
  const known = (status: string) => ({ known: { key: 'r2', amountMinor: 100n, status, failure: null } })

  test.each<[Situation, bigint]>([
    ['CAPTURED', 4200n],
    ['PARTIALLY_REFUNDED', 3000n],
  ])('of all that is left of a payment that is %s begins', (situation, left) => {
    expect(ask(SITUATIONS[situation], left)).toEqual([{ type: 'RefundBegan', key: 'r2', amountMinor: left }])
    expect(ask(SITUATIONS[situation], left + 1n)).toEqual(failure('exceeds_captured'))
  })

  test('of nothing, in another currency, or of what was not captured fails and says why', () => {
    expect(ask(SITUATIONS.CAPTURED, 0n)).toEqual(failure('amount_not_positive'))
    expect(ask(SITUATIONS.CAPTURED, 1n, { isSameCurrency: false })).toEqual(failure('currency_mismatch'))
    expect(ask(SITUATIONS.AUTHORIZED, 1n)).toEqual(failure('not_captured'))
    expect(ask(null, 1n)).toEqual(failure('not_captured'))
  })

  test('that comes again is answered by what became of it, and never made twice', () => {
    expect(ask(SITUATIONS.CAPTURED, 100n, known('PENDING'))).toEqual([])
    expect(ask(SITUATIONS.CAPTURED, 100n, known('SUCCEEDED'))).toEqual([
      { type: 'Reported', as: { of: 'REFUNDED', key: 'r2', amountMinor: 100n } },
    ])
    expect(ask(SITUATIONS.CAPTURED, 100n, known('FAILED'))).toEqual(failure('refused'))
    const told = { known: { key: 'r2', amountMinor: 100n, status: 'FAILED', failure: REFUSAL } }
    expect(ask(SITUATIONS.CAPTURED, 100n, told)).toEqual([
      { type: 'Reported', as: { of: 'REFUND_FAILED', key: 'r2', failure: REFUSAL } },
    ])
  })

  test('that failed leaves its amount to others', () => {
    const begun = after(...CAPTURED, { type: 'RefundBegan', key: 'r1', amountMinor: 4200n })
    expect(ask(begun, 1n)).toEqual(failure('exceeds_captured'))
    const failed = evolve(begun, { type: 'RefundFailed', key: 'r1', amountMinor: 4200n, failure: REFUSAL })
    expect(shortly(ask(failed, 4200n))).toBe('RefundBegan')
  })
})

describe('after an event', () => {
  const OTHER = { code: 'lost_card', message: 'The card was lost.', retryable: true }
  /** A payment whose amounts all differ. */
  const before: PaymentState = {
    ...{ status: 'VOID_PENDING', pending: 'AUTHORIZE', version: 7, failure: REFUSAL },
    ...{ amountMinor: 60n, authorizedMinor: 50n, capturedMinor: 40n },
    ...{ refundingMinor: 30n, refundedMinor: 20n, reversedMinor: 10n },
    ...{ action: { url: 'https://bank.example', until: UNTIL }, authorizedUntil: UNTIL },
  }
  const refund = { key: 'r1', amountMinor: 20n }
  const later = new Date('2026-12-09T09:00:00.000Z')
  const action = { url: null, until: later }

  test.each<[PaymentEvent, Partial<PaymentState>]>([
    [
      { type: 'ActionRequired', action },
      { status: 'REQUIRES_ACTION', pending: null, action },
    ],
    [
      { type: 'Authorized', until: later },
      { status: 'AUTHORIZED', pending: null, authorizedMinor: 60n, action: null, authorizedUntil: later },
    ],
    [
      { type: 'Declined', failure: OTHER },
      { status: 'DECLINED', pending: null, failure: OTHER, action: null },
    ],
    [{ type: 'OutcomeBecameUnknown' }, { status: 'UNKNOWN' }],
    [
      { type: 'VoidRequested', failure: null },
      { status: 'VOID_PENDING', failure: null, action: null },
    ],
    [{ type: 'VoidBegan' }, { pending: 'VOID', action: null }],
    [{ type: 'ActionExpired' }, { pending: 'VOID', action: null }],
    [{ type: 'Voided' }, { status: 'VOIDED', pending: null }],
    [{ type: 'CaptureBegan' }, { pending: 'CAPTURE' }],
    [
      { type: 'Captured', amountMinor: 45n },
      {
        ...{ status: 'CAPTURED', pending: null, failure: null, action: null },
        ...{ authorizedMinor: 60n, capturedMinor: 45n },
      },
    ],
    [
      { type: 'CaptureFailed', failure: OTHER, isOpen: true },
      { status: 'CAPTURE_FAILED', pending: 'VOID', failure: OTHER },
    ],
    [
      { type: 'CaptureFailed', failure: OTHER, isOpen: false },
      { status: 'CAPTURE_FAILED', pending: null, failure: OTHER },
    ],
    [{ type: 'Released' }, { pending: null }],
    [{ type: 'RefundBegan', ...refund }, { refundingMinor: 50n }],
    [
      { type: 'Refunded', ...refund },
      { refundedMinor: 40n, status: 'REFUNDED' },
    ],
    [
      { type: 'Refunded', ...refund, amountMinor: 19n },
      { refundedMinor: 39n, status: 'PARTIALLY_REFUNDED' },
    ],
    [{ type: 'RefundFailed', ...refund, failure: OTHER }, { refundingMinor: 10n }],
    [
      { type: 'RefundReversed', ...refund, failure: OTHER },
      { status: 'CAPTURED', refundedMinor: 0n, refundingMinor: 10n, reversedMinor: 30n },
    ],
    [
      { type: 'RefundReversed', ...refund, amountMinor: 1n, failure: OTHER },
      { status: 'PARTIALLY_REFUNDED', refundedMinor: 19n, refundingMinor: 29n, reversedMinor: 11n },
    ],
  ])('%o a payment differs by %o alone', (event, change) => {
    expect(evolve(before, event)).toEqual({ ...before, ...change, version: 8 })
  })
})

describe('time', () => {
  test.each<[PaymentInput['type'] & ('ActionTimedOut' | 'AuthorizationLapsed'), Situation, string]>([
    ['ActionTimedOut', 'REQUIRES_ACTION', 'ActionExpired'],
    ['ActionTimedOut', 'AUTHORIZED', ''],
    ['AuthorizationLapsed', 'AUTHORIZED', 'VoidRequested, VoidBegan'],
    ['AuthorizationLapsed', 'being captured', ''],
    ['AuthorizationLapsed', 'CAPTURED', ''],
  ])('%s of a payment that is %s: "%s"', (type, situation, events) => {
    expect(shortly(decide(SITUATIONS[situation], { type }))).toBe(events)
  })

  test('an authorization that lapses is voided, and says why', () => {
    const failure = {
      code: 'authorization_expired',
      message: 'The authorization was not captured in time.',
      retryable: false,
    }
    expect(decide(SITUATIONS.AUTHORIZED, { type: 'AuthorizationLapsed' })).toMatchObject([
      { type: 'VoidRequested', failure },
      {},
    ])
  })
})
