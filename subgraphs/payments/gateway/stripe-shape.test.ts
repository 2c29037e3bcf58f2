import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { GatewayUnavailable, snapshotOf } from './gateway.ts'
import {
  hintOf,
  methodOf,
  partsOf,
  refOf,
  refusalOf,
  refusedBy,
  snapshotFrom,
  stripeAddress,
  stripeRefund,
} from './stripe-shape.ts'

// Stripe's objects have many fields; the adapter reads these.
const as = <T>(fields: object) => fields as T

const CREATED = Date.parse('2026-11-01T08:00:00Z')
const FAILURE = { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Not enough.' }

const intent = (status: string) =>
  as<Stripe.PaymentIntent>({
    ...{ id: 'pi_1', status, created: CREATED / 1_000, amount_received: 4_200 },
    next_action: { redirect_to_url: { url: 'https://bank.example/3ds' } },
    last_payment_error: FAILURE,
  })

const failure = { code: 'insufficient_funds', message: 'Not enough.', retryable: true }

test.each([
  ['requires_capture', 'AUTHORIZED', { authorizedUntil: new Date(CREATED + 7 * 86_400_000) }],
  ['succeeded', 'CAPTURED', {}],
  ['canceled', 'VOIDED', {}],
  ['requires_action', 'REQUIRES_ACTION', { actionUrl: 'https://bank.example/3ds' }],
  ['requires_payment_method', 'DECLINED', { failure }],
  ['requires_confirmation', 'DECLINED', { failure }],
  ['processing', 'PROCESSING', {}],
  ['something_new', 'PROCESSING', {}],
] as const)('a payment that %s is %s, with the details of that status alone', (status, expected, details) => {
  const known = { ref: 'pi_1', capturedMinor: 4_200n, ...details }
  expect(snapshotFrom(intent(status))).toEqual(snapshotOf(expected, known))
})

test('a payment without an error, a link or a redirect has none', () => {
  const bare = (status: string) => as<Stripe.PaymentIntent>({ id: 'pi_1', status, amount_received: 0 })
  expect(snapshotFrom(bare('requires_action')).actionUrl).toBeNull()
  expect(snapshotFrom(bare('requires_payment_method')).failure).toBeNull()
})

test.each([
  ...['insufficient_funds', 'processing_error', 'try_again_later', 'issuer_not_available'].map(
    (code) => [code, true] as const,
  ),
  ...['card_declined', 'expired_card', 'incorrect_cvc', 'fraudulent'].map((code) => [code, false] as const),
])('a refusal by %s may be repeated with the same card: %s', (code, retryable) => {
  expect(refusalOf({ code, message: 'No.' })).toEqual({ code, message: 'No.', retryable })
  expect(refusalOf({ code: 'other', decline_code: code })).toEqual({
    ...{ code, retryable },
    message: 'The payment was declined.',
  })
})

test('a refusal without a code is one of the card', () => {
  expect(refusalOf({})).toMatchObject({ code: 'card_declined', retryable: false })
})

test('errors of the card and of the request are refusals; others leave the outcome unknown', () => {
  for (const Type of [Stripe.errors.StripeCardError, Stripe.errors.StripeInvalidRequestError]) {
    const error = new Type(as({ message: 'No.' }))
    expect(refusedBy(error)).toBe(error)
  }
  const others = [
    new Stripe.errors.StripeConnectionError(as({ message: 'No answer.' })),
    new Stripe.errors.StripeRateLimitError(as({ message: 'Too many.' })),
    new Stripe.errors.StripeAPIError(as({ message: 'Broken.' })),
    new Stripe.errors.StripeAuthenticationError(as({ message: 'Who?' })),
    new Error('Anything.'),
  ]
  for (const error of others) {
    expect(() => refusedBy(error)).toThrow(GatewayUnavailable)
    expect(() => refusedBy(error)).toThrow(error.message)
  }
  expect(() => refusedBy('text')).toThrow('Stripe did not respond')
})

test.each([
  ['https://api.stripe.com', 'api.stripe.com', 443, 'https'],
  ['https://stripe.example:8443', 'stripe.example', 8_443, 'https'],
  ['http://localhost', 'localhost', 80, 'http'],
  ['http://127.0.0.1:12111', '127.0.0.1', 12_111, 'http'],
])('the API at %s is on the host %s, port %i, by %s', (url, host, port, protocol) => {
  expect(stripeAddress(url)).toEqual({ host, port, protocol })
})

test('a card and a wallet, each with the customer in its ref', () => {
  const ref = refOf('cus_1', 'pm_1')
  expect(partsOf(ref)).toEqual({ customer: 'cus_1', method: 'pm_1' })
  const card = { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2030 }
  const shown = { brand: 'Visa', last4: '4242', expMonth: 8, expYear: 2030 }
  expect(methodOf(as({ id: 'pm_1', card }), 'cus_1')).toEqual({ kind: 'CARD', ref, ...shown })
  const wallet = (email: string | null) =>
    as<Stripe.PaymentMethod>({ id: 'pm_1', type: 'link', billing_details: { email } })
  expect(methodOf(wallet('ada@mail.example'), 'cus_1')).toEqual({
    ...{ kind: 'WALLET', ref, provider: 'link', account: 'ada@mail.example' },
  })
  expect(methodOf(wallet(null), 'cus_1')).toMatchObject({ account: '…' })
})

test.each([
  ['succeeded', 'SUCCEEDED', null],
  ['pending', 'PENDING', null],
  ['requires_action', 'PENDING', null],
  ['failed', 'FAILED', 'expired_or_canceled_card'],
  ['canceled', 'FAILED', 'expired_or_canceled_card'],
])('a refund that is %s at Stripe is %s', (status, expected, code) => {
  const refund = stripeRefund(as({ status, failure_reason: 'expired_or_canceled_card' }))
  const failed = code && { code, message: 'The refund failed.', retryable: false }
  expect(refund).toEqual({ status: expected, failure: failed })
})

test('a refund that failed without a reason has its status as the code', () => {
  expect(stripeRefund(as({ status: 'canceled' }))).toMatchObject({ failure: { code: 'refund_canceled' } })
})

const hint = (type: string, object: object) => hintOf(as({ type, data: { object } }))

test.each([
  ['payment_intent.amount_capturable_updated', 'AUTHORIZED'],
  ['payment_intent.succeeded', 'CAPTURED'],
  ['payment_intent.canceled', 'VOIDED'],
  ['payment_intent.payment_failed', undefined],
])('an event %s says that a payment is %s', (type, status) => {
  const object = { object: 'payment_intent', id: 'pi_1', metadata: { orderId: 'ord_1' } }
  expect(hint(type, object)).toEqual({ ref: 'pi_1', orderId: 'ord_1', ...(status && { status }) })
  expect(hint(type, { ...object, metadata: {} })?.orderId).toBeNull()
})

test('an event about a charge, a dispute or a refund names its payment; one about anything else names none', () => {
  for (const object of ['charge', 'dispute', 'refund']) {
    const known = { ref: 'pi_1', orderId: null }
    expect(hint('any', { object, payment_intent: 'pi_1' })).toEqual(known)
    expect(hint('any', { object, payment_intent: { id: 'pi_1' } })).toEqual(known)
    expect(hint('any', { object, payment_intent: null })).toBeNull()
  }
  expect(hint('any', { object: 'customer', payment_intent: 'pi_1' })).toBeNull()
})
