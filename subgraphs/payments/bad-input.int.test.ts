import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type MutationName, type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
let before: unknown
/** The time at which the clock stands; null: it goes on. */
let frozen: Date | null = null
const ada = customer(newId('usr'))
const clerk = staff('payments:refund', 'payments:read', 'audit:read')
const viewerOf = (name: MutationName): Viewer => (name === 'refundPayment' ? clerk : ada)

/** Inputs of the right form, for the tests to break. */
const good = {} as Record<MutationName, Record<string, unknown>> // filled before the first test

beforeAll(async () => {
  shop = await openPayments({ clock: () => frozen ?? new Date() })
  const { orderId } = await shop.authorized(ada)
  await shop.command('capture', { orderId })
  const paymentMethodId = await shop.aMethod(ada)
  const idempotencyKey = 'a key that is long enough'
  good.addPaymentMethod = { idempotencyKey, token: await shop.sandbox.token('4242424242424242') }
  good.setDefaultPaymentMethod = { idempotencyKey, paymentMethodId }
  good.removePaymentMethod = { idempotencyKey, paymentMethodId }
  const { id: paymentId } = await shop.row(orderId)
  good.refundPayment = { idempotencyKey, paymentId, amount: '1.00', reason: 'Late.' }
})
afterAll(() => shop.close())

/** All rows that a mutation can write. */
function everything() {
  const tables = [
    'payment_method',
    'payment',
    'refund',
    'gateway_call',
    'audit_entry',
    'idempotency_record',
    'outbox_message',
  ]
  return Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)))
}
beforeEach(async () => {
  before = await everything()
})

/** The refusal: the code of a GraphQL error or the type of a user error, then its message. */
async function refusalsOf(name: MutationName, input: object, viewer = viewerOf(name)): Promise<string[]> {
  const { data, errors } = await shop.mutate(name, input, viewer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  return [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
}

type Case = [MutationName, Record<string, unknown>, RegExp]
const each = (names: readonly MutationName[], cases: readonly [Record<string, unknown>, RegExp][]): Case[] =>
  names.flatMap((name) => cases.map(([bad, refusal]): Case => [name, bad, refusal]))

const CHOOSING = ['setDefaultPaymentMethod', 'removePaymentMethod'] as const
const ALL = ['addPaymentMethod', ...CHOOSING, 'refundPayment'] as const

/** [mutation, values that replace those of the right form, the relevant part of the refusal] */
const CASES: Case[] = [
  ...each(ALL, [
    [{ idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
    [{ idempotencyKey: 'k'.repeat(201) }, /^ValidationError: idempotencyKey is "kkk.*at most 200/],
    [{ idempotencyKey: 'a\u0000b' }, /^ValidationError: idempotencyKey is "a\\u0000b"/],
    [{ idempotencyKey: null }, /^BAD_USER_INPUT: .*idempotencyKey/],
    [{ note: 'hello' }, /^BAD_USER_INPUT: .*note/],
  ]),
  ['addPaymentMethod', { token: 'seven77' }, /^ValidationError: token is "seven77".*8 to 200 letters/],
  ['addPaymentMethod', { token: 't'.repeat(201) }, /^ValidationError: token is "ttt.*8 to 200 letters/],
  ['addPaymentMethod', { token: 'tok_of_8' }, /^PaymentTokenError: /],
  ['addPaymentMethod', { token: 't'.repeat(200) }, /^PaymentTokenError: /],
  ['addPaymentMethod', { token: '4'.repeat(12) }, /^ValidationError: token is "\(a card number\)"/],
  ['addPaymentMethod', { token: '4'.repeat(19) }, /^ValidationError: token is "\(a card number\)"/],
  ['addPaymentMethod', { token: '4'.repeat(11) }, /^PaymentTokenError: /],
  ['addPaymentMethod', { token: '4'.repeat(20) }, /^PaymentTokenError: /],
  [
    'addPaymentMethod',
    { token: 'tok_nobody_has_this' },
    /^PaymentTokenError: the gateway refused the token: /,
  ],
  ['addPaymentMethod', { makeDefault: 'yes' }, /^BAD_USER_INPUT: .*yes/],
  ...each(CHOOSING, [
    [{ paymentMethodId: 'pmt_1' }, /^ValidationError: paymentMethodId is "pmt_1".*starts with pmt_/],
    [{ paymentMethodId: newId('pmt') }, /^ValidationError: there is no payment method "pmt_.*"$/],
  ]),
  ['refundPayment', { paymentId: 'nonsense' }, /^ValidationError: paymentId is "nonsense".*pay_/],
  ['refundPayment', { paymentId: newId('pay') }, /^ValidationError: there is no payment "pay_.*"$/],
  ['refundPayment', { amount: '0.00' }, /^ValidationError: amount is 0.00: allowed is more than 0$/],
  ['refundPayment', { amount: '-1' }, /^ValidationError: amount is -1: allowed is more than 0$/],
  ['refundPayment', { amount: '1.001' }, /^ValidationError: .*1.001/],
  ['refundPayment', { amount: 'all' }, /all/],
  [
    'refundPayment',
    { amount: '42.01' },
    /^RefundExceedsCapturedError: amount is 42.01: allowed is up to 42.00 USD, the captured amount less refunds$/,
  ],
  ['refundPayment', { reason: '' }, /^ValidationError: reason is "".*at least 1/],
  ['refundPayment', { reason: 'x'.repeat(501) }, /^ValidationError: reason is "xxx.*at most 500/],
]

test('the whole messages are those of refusals.md', async () => {
  const all: Refused[] = []
  for (const [name, bad] of CASES)
    all.push([
      `${name} ${JSON.stringify(bad)}`,
      await shop.mutate(name, { ...good[name], ...bad }, viewerOf(name)),
    ])
  await expect(refusalsPage('subgraphs/payments/bad-input.int.test.ts', all)).toMatchFileSnapshot(
    'refusals.md',
  )
})

test.each(CASES)('%s with %j is refused and changes nothing', async (name, bad, refusal) => {
  expect((await refusalsOf(name, { ...good[name], ...bad })).join('\n')).toMatch(refusal)
  expect(await everything()).toEqual(before)
})

test('a payment that captured nothing has nothing to give back', async () => {
  const { orderId } = await shop.authorized(ada)
  const { id: paymentId } = await shop.row(orderId)
  expect(await refusalsOf('refundPayment', { ...good.refundPayment, paymentId })).toEqual([
    expect.stringMatching(/^RefundExceedsCapturedError: amount is 1.00: allowed is up to 0.00 USD/),
  ])
})

test('what another customer keeps is answered like what is not there', async () => {
  const bob = customer(newId('usr'))
  for (const name of CHOOSING) {
    const id = String(good[name].paymentMethodId)
    expect(await refusalsOf(name, good[name], bob)).toEqual([
      `ValidationError: there is no payment method "${id}"`,
    ])
  }
  expect(await everything()).toEqual(before)
})

describe.each<[string, Viewer, readonly MutationName[], string]>([
  ['a visitor', anonymous, [...CHOOSING, 'refundPayment'], 'UNAUTHENTICATED'],
  ['a customer', ada, ['refundPayment'], 'FORBIDDEN'],
  ['staff who only read', staff('payments:read', 'orders:write'), ['refundPayment'], 'FORBIDDEN'],
])('%s', (_, viewer, names, code) => {
  test.each(names)('may not %s', async (name) => {
    expect(await refusalsOf(name, good[name], viewer)).toEqual([expect.stringMatching(`^${code}: `)])
    expect(await everything()).toEqual(before)
  })
})

describe('the book of refunds', () => {
  const list = (args: string) => `{ paymentsAudit(${args}) { edges { cursor } } }`

  test.each([
    ['first: 0', /first is 0.*1 to 100/],
    ['first: 101', /first is 101.*1 to 100/],
    ['after: "nonsense"', /after is "nonsense"/],
  ])('refuses %s', async (args, message) => {
    const { errors } = await shop.execute(list(args), {}, clerk)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('is for staff with audit:read', async () => {
    const codeOf = async (viewer: Viewer) =>
      (await shop.execute(list('first: 1'), {}, viewer)).errors[0]?.extensions?.code
    expect(await codeOf(anonymous)).toBe('UNAUTHENTICATED')
    expect(await codeOf(ada)).toBe('FORBIDDEN')
    expect(await codeOf(staff('payments:refund', 'payments:read'))).toBe('FORBIDDEN')
    expect(await codeOf(staff('audit:read'))).toBeUndefined()
  })
})

test('staff refund a payment 50 times, and not more often; refunds by the shop and of others do not count', async () => {
  const { orderId } = await shop.authorized(ada)
  await shop.command('capture', { orderId })
  const { id: paymentId } = await shop.row(orderId)
  await shop.resources.prisma.$executeRawUnsafe(
    `INSERT INTO refund (id, payment_id, key, amount_minor, reason, requested_by, status, created_at, settled_at)
     SELECT 'rfd_' || n, CASE WHEN n < 61 THEN $1 ELSE $2 END, 'rfk_' || n, 1, 'Late.',
            CASE WHEN n NOT BETWEEN 50 AND 60 THEN 'usr_1' END, 'FAILED', now(), now() FROM generate_series(1, 61) AS n`,
    paymentId,
    good.refundPayment.paymentId,
  )
  const refund = async () => {
    const input = { ...good.refundPayment, paymentId, idempotencyKey: newId('key') }
    return (await shop.mutate('refundPayment', input, clerk)).data.refundPayment.userErrors
  }
  expect(await refund()).toEqual([])
  expect(await refund()).toMatchObject([
    { __typename: 'ValidationError', message: 'the payment has 50 refunds by staff: allowed are 50 at most' },
  ])
})

test('from one address 30 methods are added at once, and then none for a while; a repeated key does not count', async () => {
  const token = await shop.sandbox.token('4242424242424242')
  const query = `mutation ($input: AddPaymentMethodInput!) { addPaymentMethod(input: $input) {
    userErrors { ... on UserError { __typename } } } }`
  const add = (clientAddress: string, idempotencyKey = newId('key')) =>
    shop.execute(query, { input: { idempotencyKey, token } }, ada, { clientAddress })
  const first = newId('key')
  // Another method would have room after 20 s.
  frozen = new Date()
  for (let count = 0; count < 31; count++)
    expect(await add('198.51.100.7', first)).toMatchObject({
      data: { addPaymentMethod: { userErrors: [] } },
      errors: [],
    })
  // The token is used up: the gateway refuses it, and the attempt counts.
  for (let count = 1; count < 30; count++) expect((await add('198.51.100.7')).errors).toEqual([])
  const { data, errors } = await add('198.51.100.7')
  expect(data).toEqual({ addPaymentMethod: null })
  expect(errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' })
  // The bucket is empty after ten minutes.
  const full = `SELECT max(empty_at) > now() + interval '5 minutes' AS full FROM throttle`
  expect(await shop.sql(full)).toEqual([{ full: true }])
  expect((await add('198.51.100.7', first)).errors).toEqual([])
  expect((await add('198.51.100.8')).errors).toEqual([])
  frozen = null
  await shop.sql(`UPDATE throttle SET empty_at = now() - interval '1 day'`)
  await shop.runTimer('forget-throttles')
  expect(await shop.sql('SELECT FROM throttle')).toEqual([])
})

test('the timers of payments, with their periods', () => {
  const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
  expect(shop.timers).toEqual({
    'call-gateway': SECOND,
    'end-run-out-payments': SECOND,
    'check-refunds': MINUTE,
    'remove-guests-methods': MINUTE,
    'detach-removed-methods': MINUTE,
    'erase-deleted-users': MINUTE,
    'forget-throttles': HOUR,
  })
})
