import { ApiError, type Order } from '@paypal/paypal-server-sdk'
import { expect, test } from 'vitest'
import { GatewayUnavailable, snapshotOf } from './gateway.ts'
import { amountOf, methodFrom, paypalRefund, refundsOf, refusalOf, snapshotFrom } from './paypal-shape.ts'

// PayPal's objects have many fields; the adapter reads these.
const as = <T>(fields: object) => fields as T

const UNTIL = '2026-12-01T08:00:00Z'
const usd = (value: string) => ({ value, currencyCode: 'USD' })

type Parts = { status?: string; authorization?: string; capture?: string; links?: object[] }

function anOrder({ status = 'COMPLETED', authorization, capture, links = [] }: Parts): Order {
  const reason = { statusDetails: { reason: 'PENDING_REVIEW' } }
  return as({
    ...{ id: 'order-1', status, links },
    purchaseUnits: [
      {
        payments: {
          authorizations: authorization
            ? [{ status: 'VOIDED' }, { status: authorization, expirationTime: UNTIL, ...reason }]
            : [],
          captures: capture ? [{ status: 'DECLINED' }, { status: capture, amount: usd('42.00') }] : [],
        },
      },
    ],
  })
}

const captured = { capturedMinor: 4_200n }
const denied = { code: 'pending_review', message: 'PayPal denied it.', retryable: false }
const notCaptured = (code: string) => ({ code, message: 'PayPal refused the capture.', retryable: false })

test.each([
  [{ capture: 'COMPLETED', authorization: 'CAPTURED' }, 'CAPTURED', captured],
  [{ capture: 'PARTIALLY_REFUNDED' }, 'CAPTURED', captured],
  [{ capture: 'REFUNDED' }, 'CAPTURED', captured],
  [{ capture: 'PENDING', authorization: 'CREATED' }, 'AUTHORIZED', { authorizedUntil: new Date(UNTIL) }],
  [{ capture: 'PENDING', authorization: 'CAPTURED' }, 'AUTHORIZED', { authorizedUntil: new Date(UNTIL) }],
  [{ capture: 'DECLINED', authorization: 'CREATED' }, 'AUTHORIZED', { authorizedUntil: new Date(UNTIL) }],
  [
    { capture: 'DECLINED', authorization: 'CAPTURED' },
    'DECLINED',
    { failure: notCaptured('capture_declined') },
  ],
  [{ capture: 'FAILED', authorization: 'CAPTURED' }, 'DECLINED', { failure: notCaptured('capture_failed') }],
  [{ authorization: 'CREATED' }, 'AUTHORIZED', { authorizedUntil: new Date(UNTIL) }],
  [{ authorization: 'CAPTURED' }, 'CAPTURED', {}],
  [{ authorization: 'PARTIALLY_CAPTURED' }, 'CAPTURED', {}],
  [{ authorization: 'DENIED' }, 'DECLINED', { failure: denied }],
  [{ authorization: 'VOIDED' }, 'VOIDED', {}],
  [{ authorization: 'PENDING' }, 'PROCESSING', {}],
  [{ status: 'VOIDED' }, 'VOIDED', {}],
  [{ status: 'PAYER_ACTION_REQUIRED' }, 'REQUIRES_ACTION', {}],
  [{ status: 'CREATED' }, 'REQUIRES_ACTION', {}],
  [{ status: 'APPROVED' }, 'PROCESSING', {}],
  [{ status: 'SAVED' }, 'PROCESSING', {}],
] as const)('an order with %j is %s, with the details of that status alone', (parts, status, details) => {
  expect(snapshotFrom(anOrder(parts))).toEqual(snapshotOf(status, { ref: 'order-1', ...details }))
})

test.each([
  ['42.50', 'USD', 4_250n],
  ['42', 'USD', 4_200n],
  ['4200', 'JPY', 4_200n],
  ['42.00', 'XXX', 0n],
])(
  'a capture of %s %s is %d minor units; one of a currency that the shop does not have is none',
  (value, currencyCode, minor) => {
    const captures = [{ status: 'COMPLETED', amount: { value, currencyCode } }]
    const order = as<Order>({ id: 'order-1', purchaseUnits: [{ payments: { captures } }] })
    expect(snapshotFrom(order)).toMatchObject({ status: 'CAPTURED', capturedMinor: minor })
  },
)

test('the failure is the reason that PayPal gives, and else the status', () => {
  const failureOf = (payments: object) =>
    snapshotFrom(as<Order>({ id: 'order-1', purchaseUnits: [{ payments }] })).failure
  const statusDetails = { reason: 'BUYER_COMPLAINT' }
  const authorizations = [{ status: 'CAPTURED' }]
  expect(failureOf({ authorizations, captures: [{ status: 'FAILED', statusDetails }] })).toEqual(
    notCaptured('buyer_complaint'),
  )
  expect(failureOf({ authorizations: [{ status: 'DENIED' }] })).toEqual({ ...denied, code: 'denied' })
})

test.each(['payer-action', 'approve'])(
  'the link %s is where the customer confirms, while that is needed',
  (rel) => {
    const links = [
      { rel: 'self', href: 'https://api.paypal.example/1' },
      { rel, href: 'https://paypal.example/confirm' },
    ]
    expect(snapshotFrom(anOrder({ status: 'CREATED', links })).actionUrl).toBe(
      'https://paypal.example/confirm',
    )
    expect(snapshotFrom(anOrder({ status: 'APPROVED', links })).actionUrl).toBeNull()
  },
)

const answer = (statusCode: number, body: unknown) =>
  new ApiError(as({ request: {}, response: { statusCode, headers: {}, body } }), 'The answer')

test.each([
  ...['INSTRUMENT_DECLINED', 'PAYER_CANNOT_PAY', 'TRANSACTION_REFUSED'].map(
    (issue) => [issue, true] as const,
  ),
  ...['CARD_EXPIRED', 'ORDER_NOT_APPROVED'].map((issue) => [issue, false] as const),
])('a refusal by %s may be repeated with the same method: %s', (issue, retryable) => {
  const body = { name: 'UNPROCESSABLE_ENTITY', message: 'No.', details: [{ issue, description: 'Because.' }] }
  const refusal = { code: issue.toLowerCase(), message: 'Because.', retryable }
  expect(refusalOf(answer(422, JSON.stringify(body)))).toEqual(refusal)
})

test('a refusal without details has the name and the text of the answer', () => {
  const body = { name: 'RESOURCE_NOT_FOUND', message: 'It is not there.' }
  const refusal = { code: 'resource_not_found', message: 'It is not there.', retryable: false }
  expect(refusalOf(answer(404, JSON.stringify(body)))).toEqual(refusal)
  const nameless = JSON.stringify({ name: 'RESOURCE_NOT_FOUND' })
  expect(refusalOf(answer(404, nameless)).message).toBe('PayPal refused the request.')
})

test.each([401, 408, 409, 429, 500, 503])('after an answer of %d the outcome is unknown', (status) => {
  const body = JSON.stringify({ name: 'ANY', message: 'Any.' })
  const refused = () => refusalOf(answer(status, body))
  expect(refused).toThrow(GatewayUnavailable)
  expect(refused).toThrow(`status ${status}: The answer`)
})

test('after the page of a proxy, and without an answer, the outcome is unknown', () => {
  expect(() => refusalOf(answer(403, '<html>'))).toThrow('status 403, not from PayPal')
  expect(() => refusalOf(new Error('No answer.'))).toThrow('No answer.')
  expect(() => refusalOf('text')).toThrow('PayPal did not respond')
})

test.each([
  ['COMPLETED', 'SUCCEEDED'],
  ['PENDING', 'PENDING'],
  ['ANYTHING', 'PENDING'],
  ['FAILED', 'FAILED'],
  ['CANCELLED', 'FAILED'],
])('a refund that is %s at PayPal is %s', (status, expected) => {
  const failure = { code: 'echeck', message: 'The refund failed.', retryable: false }
  const refund = paypalRefund(as({ status, statusDetails: { reason: 'ECHECK' } }))
  expect(refund).toEqual({ status: expected, failure: expected === 'FAILED' ? failure : null })
})

test('refunds have the keys with which they were made, and failed ones are in the snapshot', () => {
  const refunds = [
    { status: 'FAILED', customId: 'key-1' },
    { status: 'COMPLETED', customId: 'key-2' },
    { status: 'FAILED' },
  ]
  const order = as<Order>({ id: 'order-1', status: 'COMPLETED', purchaseUnits: [{ payments: { refunds } }] })
  expect(refundsOf(order).map(({ key, refund }) => [key, refund.status])).toEqual([
    ['key-1', 'FAILED'],
    ['key-2', 'SUCCEEDED'],
    ['', 'FAILED'],
  ])
  expect(snapshotFrom(order).failedRefunds).toMatchObject([
    { key: 'key-1', failure: { code: 'refund_failed' } },
  ])
})

test('amounts have the decimals of their currency', () => {
  expect(amountOf({ minor: 4_200n, currency: 'USD' })).toEqual(usd('42.00'))
  expect(amountOf({ minor: 4_200n, currency: 'JPY' })).toEqual({ value: '4200', currencyCode: 'JPY' })
})

test('a card, a wallet, and a method of another kind', () => {
  const card = { brand: 'VISA', lastDigits: '4242', expiry: '2030-08' }
  const shown = { kind: 'CARD', ref: 'card:1', brand: 'VISA', last4: '4242', expMonth: 8, expYear: 2030 }
  const of = (paymentSource: object, id: string | undefined = '1') => methodFrom(as({ id, paymentSource }))
  expect(of({ card })).toEqual(shown)
  expect(of({ card: { ...card, brand: undefined } })).toEqual({ ...shown, brand: 'Card' })
  for (const left of [{ lastDigits: undefined }, { expiry: undefined }, { expiry: '2030' }])
    expect(of({ card: { ...card, ...left } })).toBeNull()
  const wallet = { kind: 'WALLET', ref: 'paypal:1', provider: 'PayPal', account: 'ada@mail.example' }
  expect(of({ paypal: { emailAddress: 'ada@mail.example' } })).toEqual(wallet)
  expect(of({ paypal: {} })).toEqual({ ...wallet, account: '…' })
  expect(of({})).toBeNull()
  expect(methodFrom(as({ paymentSource: { card } }))).toBeNull()
})
