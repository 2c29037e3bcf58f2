import { expect, test } from 'vitest'
import type { Snapshot } from '../gateway/gateway.ts'
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
const ASKED: PaymentEvent[] = [BEGUN, { type: 'ActionRequired', action: { url: null, until: UNTIL } }]
const AUTHORIZED: PaymentEvent[] = [BEGUN, { type: 'Authorized', until: UNTIL }]
const CAPTURED: PaymentEvent[] = [
  ...AUTHORIZED,
  { type: 'CaptureBegan' },
  { type: 'Captured', amountMinor: 4200n },
]
const DECLINED: PaymentEvent[] = [BEGUN, { type: 'Declined', failure: REFUSAL }]
const GIVEN_UP: PaymentEvent = { type: 'CaptureFailed', failure: REFUSAL, isOpen: true }
const VOID: PaymentEvent = { type: 'VoidBegan' }

/** A payment in each of its situations, with each call that may be pending. */
const SITUATIONS = {
  PROCESSING: after(BEGUN),
  UNKNOWN: after(BEGUN, { type: 'OutcomeBecameUnknown' }),
  REQUIRES_ACTION: after(...ASKED),
  'out of time': after(...ASKED, { type: 'ActionExpired' }),
  AUTHORIZED: after(...AUTHORIZED),
  'being captured': after(...AUTHORIZED, { type: 'CaptureBegan' }),
  'not wanted': after(BEGUN, { type: 'VoidRequested', failure: null }),
  'being voided': after(...AUTHORIZED, { type: 'VoidRequested', failure: null }, VOID),
  DECLINED: after(...DECLINED),
  'DECLINED, being voided': after(...DECLINED, VOID),
  VOIDED: after({ type: 'Tombstoned' }),
  'CAPTURE_FAILED, being voided': after(...AUTHORIZED, { type: 'CaptureBegan' }, GIVEN_UP),
  CAPTURED: after(...CAPTURED),
} as const
type Situation = keyof typeof SITUATIONS

const GONE = 'authorization_expired'

/** The result of a lookup. */
const told = (status: Snapshot['status']): Extract<PaymentInput, { type: 'SnapshotReceived' }> => ({
  type: 'SnapshotReceived',
  call: 'FETCH',
  snapshot: {
    ...{ ref: 'pay_1', status, capturedMinor: status === 'CAPTURED' ? 4200n : 0n, actionUrl: null },
    ...{ authorizedUntil: UNTIL, failure: null, disputes: [], failedRefunds: [] },
  },
  refusal: null,
  actionUntil: UNTIL,
})
/** The types of the events, with the code of a failure. */
const shortly = (events: readonly PaymentEvent[]) =>
  events
    .map((event) =>
      'failure' in event && event.failure ? `${event.type} ${event.failure.code}` : event.type,
    )
    .join(', ')
const STATUSES = ['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'DECLINED'] as const

/** The events of each status of the gateway in each situation, in the order of STATUSES. */
const TABLE: readonly (readonly [Situation, ...string[]])[] = [
  ['PROCESSING', 'ActionRequired', 'Authorized', 'Captured', `Declined ${GONE}`, 'Declined card_declined'],
  ['UNKNOWN', 'ActionRequired', 'Authorized', 'Captured', `Declined ${GONE}`, 'Declined card_declined'],
  ['REQUIRES_ACTION', '', 'Authorized', 'Captured', `Declined ${GONE}`, 'Declined card_declined'],
  ['out of time', '', '', 'Captured', 'Declined action_timeout', 'Declined card_declined'],
  ['AUTHORIZED', '', '', 'Captured', `VoidRequested ${GONE}, Voided`, 'VoidRequested card_declined, Voided'],
  ['being captured', '', '', 'Captured', `CaptureFailed ${GONE}`, 'CaptureFailed card_declined'],
  ['not wanted', 'VoidBegan', 'VoidBegan', 'Captured', 'Voided', 'Voided'],
  ['being voided', '', '', 'Captured', 'Voided', 'Voided'],
  ['DECLINED', '', 'VoidBegan', '', '', ''],
  ['DECLINED, being voided', '', '', '', 'Released', 'Released'],
  ['VOIDED', '', 'VoidBegan', '', '', ''],
  ['CAPTURE_FAILED, being voided', '', '', 'Captured', 'Released', 'Released'],
  ['CAPTURED', '', '', '', '', ''],
]

const ROWS = TABLE.map(([situation, ...expected]) => ({ situation, expected }))

test.each(ROWS)('a payment that is $situation follows the gateway', ({ situation, expected }) => {
  const payment = SITUATIONS[situation]
  expect(STATUSES.map((status) => shortly(decide(payment, told(status))))).toEqual(expected)
  expect(decide(payment, told('PROCESSING'))).toEqual([])
})

test('an authorization that the answer to a call shows is used or given up in one case each', () => {
  const calls = (['AUTHORIZE', 'CAPTURE', 'VOID', 'FETCH'] as const).flatMap((call) =>
    [null, REFUSAL].map((refusal) => ({ call, refusal })),
  )
  const differing = TABLE.flatMap(([situation, , usual]) =>
    calls.flatMap(({ call, refusal }) => {
      const events = shortly(decide(SITUATIONS[situation], { ...told('AUTHORIZED'), call, refusal }))
      return events === usual ? [] : [[situation, call, refusal?.code ?? 'no refusal', events]]
    }),
  )
  expect(differing).toEqual([
    ['out of time', 'VOID', 'no refusal', 'Authorized'],
    ['being captured', 'CAPTURE', 'card_declined', 'CaptureFailed card_declined'],
  ])
})

test('a payment is authorized until the time of the gateway, also when its customer was in time unnoticed', () => {
  const until = new Date('2026-12-09T09:00:00.000Z')
  const { snapshot, ...input } = told('AUTHORIZED')
  const authorized = (situation: Situation, call: 'FETCH' | 'VOID') =>
    decide(SITUATIONS[situation], { ...input, call, snapshot: { ...snapshot, authorizedUntil: until } })
  for (const events of [authorized('PROCESSING', 'FETCH'), authorized('out of time', 'VOID')])
    expect(events).toEqual([{ type: 'Authorized', until }])
})

test('a capture that is refused leaves an authorization to void, unless the gateway has none any more', () => {
  const captured = (status: Snapshot['status']) =>
    decide(SITUATIONS['being captured'], { ...told(status), call: 'CAPTURE', refusal: REFUSAL })
  const failed = { type: 'CaptureFailed', failure: REFUSAL }
  expect(captured('AUTHORIZED')).toEqual([{ ...failed, isOpen: true }])
  expect(captured('DECLINED')).toMatchObject([{ type: 'CaptureFailed', isOpen: false }])
})

test('a capture counts up to the amount of the payment; one of nothing does not', () => {
  const { snapshot, ...input } = told('CAPTURED')
  const captured = (capturedMinor: bigint) =>
    decide(SITUATIONS['being captured'], { ...input, snapshot: { ...snapshot, capturedMinor } })
  expect(captured(0n)).toEqual([])
  expect(captured(4199n)).toEqual([{ type: 'Captured', amountMinor: 4199n }])
  expect(captured(4201n)).toEqual([{ type: 'Captured', amountMinor: 4200n }])
})

test('the failure is the reason of the gateway, if it gives one', () => {
  const { snapshot, ...input } = told('VOIDED')
  const failure = { ...REFUSAL, code: 'expired_card' }
  expect(shortly(decide(SITUATIONS.PROCESSING, { ...input, snapshot: { ...snapshot, failure } }))).toBe(
    'Declined expired_card',
  )
})

test.each([
  ['PROCESSING', 'DECLINED', 'card_declined', 'The payment was declined.', false],
  ['PROCESSING', 'VOIDED', GONE, 'The authorization no longer exists at the gateway.', false],
  [
    ...(['out of time', 'VOIDED', 'action_timeout'] as const),
    ...(['The customer did not authenticate the payment in time.', true] as const),
  ],
] as const)(
  'a payment that is %s is told, once it is %s, of %s',
  (situation, status, code, message, retryable) => {
    const declined = { type: 'Declined', failure: { code, message, retryable } }
    expect(decide(SITUATIONS[situation], told(status))).toEqual([declined])
  },
)

test('the outcome of an authorization alone becomes unknown, and only while it is under way', () => {
  const unknown = (situation: Situation, call: 'AUTHORIZE' | 'CAPTURE' | 'FETCH') =>
    shortly(decide(SITUATIONS[situation], { type: 'OutcomeUnknown', call }))
  expect(unknown('PROCESSING', 'AUTHORIZE')).toBe('OutcomeBecameUnknown')
  expect(unknown('PROCESSING', 'FETCH')).toBe('')
  expect(unknown('AUTHORIZED', 'AUTHORIZE')).toBe('')
  expect(unknown('being captured', 'CAPTURE')).toBe('')
})

test('an authentication runs out of time once', () => {
  expect(decide(SITUATIONS.REQUIRES_ACTION, { type: 'ActionTimedOut' })).toEqual([{ type: 'ActionExpired' }])
  expect(decide(SITUATIONS['out of time'], { type: 'ActionTimedOut' })).toEqual([])
})
