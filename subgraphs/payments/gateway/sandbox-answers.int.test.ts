import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSandbox, type TestSandbox } from '../testing/sandbox.ts'
import { sandboxClient } from '../testing/sandbox-client.ts'

const [APPROVED, DECLINED, TWO_STEPS] = ['4242424242424242', '4000000000009995', '4000000000003220'] as const
// The gateway reads an expiry in UTC.
const YEAR = new Date().getUTCFullYear()

let gateway: TestSandbox
beforeAll(async () => {
  gateway = await openSandbox()
})
afterAll(() => gateway.close())

const { ask, aSource, payment, aPayment, capture, refund } = sandboxClient(() => gateway)

describe('the routes of the shop', () => {
  test.each([
    ['POST', '/v1/sources'],
    ['DELETE', '/v1/sources/src_1'],
    ['POST', '/v1/payments'],
    ['GET', '/v1/payments/pay_1'],
    ['POST', '/v1/payments/pay_1/capture'],
    ['POST', '/v1/payments/pay_1/void'],
    ['POST', '/v1/payments/pay_1/refunds'],
    ['GET', '/v1/keys/one'],
    ['GET', '/v1/ledger'],
    ['PUT', '/v1/faults'],
  ])('%s %s needs the secret key of the shop', async (method, path) => {
    for (const authorization of ['', 'Bearer wrong', `Bearer ${gateway.key}x`]) {
      const { status, body } = await ask(path, { method, headers: { authorization } })
      const message = 'The secret key is wrong.'
      expect({ status, body }).toEqual({ status: 401, body: { error: { code: 'unauthorized', message } } })
    }
  })

  test.each([
    '/v1/sources',
    '/v1/payments',
    '/v1/payments/pay_1/capture',
    '/v1/payments/pay_1/void',
    '/v1/payments/pay_1/refunds',
  ])('%s needs an idempotency key of at most 200 characters', async (path) => {
    const error = { code: 'key_missing', message: 'The header idempotency-key is missing.' }
    for (const key of [null, '', 'k'.repeat(201)])
      expect(await ask(path, { key, body: {} })).toMatchObject({ status: 422, body: { error } })
    expect((await ask(path, { key: 'k'.repeat(200), body: { path } })).body.error.code).not.toBe(
      'key_missing',
    )
  })
})

const card = (but: object) => ({
  card: { number: APPROVED, expMonth: 12, expYear: YEAR + 1, cvc: '123', ...but },
})

test.each<[string, unknown, string, RegExp]>([
  ['no card', {}, 'invalid_request', /^Send \{"card"/],
  ['a month 13', card({ expMonth: 13 }), 'invalid_request', /^Send/],
  ['a code of five digits', card({ cvc: '12345' }), 'invalid_request', /^Send/],
  ['a number of eleven digits', card({ number: '42424242424' }), 'invalid_number', /number is not valid/],
  ['a wrong check digit', card({ number: '4242424242424241' }), 'invalid_number', /number is not valid/],
  ['a card that is no test card', card({ number: '4111111111111111' }), 'no_test_card', /Never enter a real/],
  ['a card of last year', card({ expYear: YEAR - 1 }), 'invalid_expiry', /^The card has expired\.$/],
  [
    'an unknown wallet',
    { wallet: { account: 'x@y' } },
    'no_test_wallet',
    /approve@wallet\.example, decline@/,
  ],
])('a token for %s is refused', async (_, body, code, message) => {
  const answer = await ask('/v1/tokens', { body, headers: { authorization: '' } })
  expect(answer).toMatchObject({
    status: 422,
    body: { error: { code, message: expect.stringMatching(message) } },
  })
  // A page of the shop reads the refusal.
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
})

test.each([
  ['2030-02-28T23:59:59.999Z', 201],
  ['2030-03-01T00:00:00.000Z', 422],
])('at %s a token for a card of February 2030 is answered with %i', async (now, status) => {
  vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] })
  try {
    const body = card({ expMonth: 2, expYear: 2030 })
    expect((await ask('/v1/tokens', { body })).status).toBe(status)
  } finally {
    vi.useRealTimers()
  }
})

test('a page of any origin may ask for a token, written with blanks and dashes', async () => {
  const { status, headers } = await ask('/v1/tokens', { method: 'OPTIONS' })
  expect(status).toBe(204)
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'content-type',
    'access-control-allow-methods': 'POST',
  })
  const { body } = await ask('/v1/tokens', { body: card({ number: '4242-4242 4242 4242', cvc: '1234' }) })
  const shown = { kind: 'CARD', brand: 'Visa', last4: '4242', expMonth: 12, expYear: YEAR + 1 }
  expect(body).toEqual({ token: expect.stringMatching(/^tok_/), ...shown })
})

test.each([
  ['4000000000009995', 'insufficient_funds', 'The account has insufficient funds.', true],
  ['4000000000000002', 'card_declined', 'The payment was declined.', false],
  ['4000000000000069', 'expired_card', 'The card has expired.', false],
  ['4000000000009987', 'lost_card', 'The card was reported lost.', false],
  ['4100000000000019', 'fraudulent', 'The payment was declined.', false],
])('the card %s is declined as %s', async (number, code, message, retryable) => {
  const declined = await aPayment(number)
  expect(declined).toMatchObject({
    status: 'DECLINED',
    authorizedMinor: '0',
    failure: { code, message, retryable },
  })
  const { status, body } = await capture(declined.id)
  expect([status, body.error]).toEqual([409, { code: 'not_authorized', message: 'The payment is DECLINED.' }])
})

test.each([
  ['approve@wallet.example', 'AUTHORIZED', undefined],
  ['decline@wallet.example', 'DECLINED', 'insufficient_funds'],
  ['step@wallet.example', 'REQUIRES_ACTION', undefined],
])('a payment by the wallet %s is %s', async (account, status, code) => {
  const made = await aPayment(account)
  expect([made.status, made.failure?.code]).toEqual([status, code])
})

test('a card has the brand of its number', async () => {
  const { body } = await ask('/v1/tokens', { body: card({ number: '5555 5555 5555 4444' }) })
  expect(body).toMatchObject({ brand: 'Mastercard', last4: '4444' })
})

describe('a request that cannot be executed is refused', () => {
  type Refusal = readonly [
    name: string,
    status: number,
    code: string,
    message: RegExp,
    request: () => Promise<unknown>,
  ]
  test.each<Refusal>([
    [
      'a used token',
      422,
      'token_unknown',
      /unknown or already used/,
      async () => {
        const body = { token: await gateway.token(APPROVED) }
        await ask('/v1/sources', { body })
        return ask('/v1/sources', { body })
      },
    ],
    [
      'an unknown source',
      422,
      'source_unknown',
      /source does not exist/,
      () => ask('/v1/payments', { body: payment('src_1') }),
    ],
    [
      'a removed source',
      422,
      'source_unknown',
      /source does not exist/,
      async () => {
        const source = await aSource()
        expect((await ask(`/v1/sources/${source}`, { method: 'DELETE' })).status).toBe(204)
        return ask('/v1/payments', { body: payment(source) })
      },
    ],
    [
      'a source whose token was not exchanged',
      422,
      'source_unknown',
      /source does not exist/,
      async () => {
        const token = await gateway.token(APPROVED)
        const [source] = await gateway.sql<{ id: string }>('SELECT id FROM source WHERE token = $1', token)
        return ask('/v1/payments', { body: payment(source?.id ?? '') })
      },
    ],
    [
      'an amount of 0',
      422,
      'invalid_request',
      /amountMinor/,
      async () => ask('/v1/payments', { body: payment(await aSource(), { amountMinor: '0' }) }),
    ],
    [
      'a currency in small letters',
      422,
      'invalid_request',
      /currency/,
      async () => ask('/v1/payments', { body: payment(await aSource(), { currency: 'eur' }) }),
    ],
    [
      'an unknown payment',
      404,
      'payment_unknown',
      /payment does not exist/,
      () => ask('/v1/payments/pay_1', { method: 'GET' }),
    ],
    [
      'a capture of an unknown payment',
      404,
      'payment_unknown',
      /payment does not exist/,
      () => capture('pay_1'),
    ],
    [
      'a capture of more than was authorized',
      422,
      'amount_too_large',
      /authorized amount is 500/,
      async () => capture((await aPayment()).id, '501'),
    ],
    [
      'a capture after the authorization has expired',
      409,
      'authorization_expired',
      /^The authorization has expired\.$/,
      async () => {
        const { id } = await aPayment()
        await gateway.sql('UPDATE payment SET authorized_until = now() WHERE id = $1', id)
        return capture(id)
      },
    ],
    [
      'a capture that the bank of the card refuses',
      409,
      'capture_refused',
      /^The bank of the card refused the capture\.$/,
      async () => capture((await aPayment('4000000000000341')).id),
    ],
    [
      'a second capture',
      409,
      'not_authorized',
      /payment is CAPTURED/,
      async () => {
        const { id } = await aPayment()
        await capture(id)
        return capture(id)
      },
    ],
    [
      'a capture of a voided payment',
      409,
      'not_authorized',
      /payment is VOIDED/,
      async () => {
        const { id } = await aPayment()
        await ask(`/v1/payments/${id}/void`, { body: {} })
        return capture(id)
      },
    ],
    [
      'a void of a captured payment',
      409,
      'captured',
      /can only be refunded/,
      async () => {
        const { id } = await aPayment()
        await capture(id)
        return ask(`/v1/payments/${id}/void`, { body: {} })
      },
    ],
    [
      'a refund before the capture',
      409,
      'amount_too_large',
      /rest of the captured amount is 0/,
      async () => refund((await aPayment()).id, '1'),
    ],
    [
      'a refund of more than is left',
      409,
      'amount_too_large',
      /rest of the captured amount is 100/,
      async () => {
        const { id } = await aPayment()
        await capture(id)
        expect((await refund(id, '400')).body).toMatchObject({ status: 'CAPTURED', refundedMinor: '400' })
        return refund(id, '101')
      },
    ],
    [
      'a page of the ledger after no entry',
      422,
      'invalid_request',
      /after must be the id/,
      () => ask('/v1/ledger?after=-1', { method: 'GET' }),
    ],
    [
      'a fault of 2',
      422,
      'invalid_request',
      /numbers from 0 to 1/,
      () => ask('/v1/faults', { method: 'PUT', body: { fail: 2 } }),
    ],
    [
      'an unknown authentication',
      404,
      'action_unknown',
      /authentication does not exist/,
      () => ask('/action/act_1', { method: 'GET' }),
    ],
    [
      'a decision of an unknown authentication',
      404,
      'action_unknown',
      /authentication does not exist/,
      () => ask('/action/act_1', { body: { decision: 'approve' } }),
    ],
  ])('%s', async (_, status, code, message, request) => {
    const error = { code, message: expect.stringMatching(message) }
    expect(await request()).toMatchObject({ status, body: { error } })
  })
})

test('a key gets its first answer again, and is refused with another request', async () => {
  const [key, source] = [randomUUID(), await aSource()]
  const first = await ask('/v1/payments', { key, body: payment(source) })
  expect(first.status).toBe(201)
  expect((await ask('/v1/payments', { key, body: payment(source) })).body).toEqual(first.body)
  const { status, body } = await ask('/v1/payments', { key, body: payment(source, { amountMinor: '501' }) })
  const message = 'The idempotency key was used with another request.'
  expect([status, body.error]).toEqual([409, { code: 'key_reused', message }])
  const elsewhere = await ask(`/v1/payments/${first.body.id}/void`, { key, body: payment(source) })
  expect([elsewhere.status, elsewhere.body.error]).toEqual([409, { code: 'key_reused', message }])
})

test('refunds at once never give back more than was captured', async () => {
  const { id } = await aPayment()
  await capture(id)
  const refunds = await gateway.whileLocked(id, () => [1, 2, 3].map(() => refund(id, '300')))
  const statuses = (await Promise.all(refunds)).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([201, 409, 409])
  expect((await ask(`/v1/payments/${id}`, { method: 'GET' })).body.refundedMinor).toBe('300')
})

test('the page of an authentication asks until it is decided, and then says what became of the payment', async () => {
  const { id, status, actionUrl } = await aPayment(TWO_STEPS)
  expect([status, actionUrl]).toEqual(['REQUIRES_ACTION', expect.stringContaining(`${gateway.url}/action/`)])
  const path = new URL(actionUrl).pathname
  const page = await ask(path, { method: 'GET' })
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.body).toMatch(/Reference ord_1: 500 minor units of EUR/)
  expect(page.body).toMatch(/value="approve"/)
  const after = await ask(path, { body: { decision: 'deny' } })
  expect(after.body).toMatch(/This payment is DECLINED/)
  expect(after.body).not.toMatch(/value="approve"/)
  const { body } = await ask(`/v1/payments/${id}`, { method: 'GET' })
  const message = 'The customer denied the payment.'
  expect(body.failure).toEqual({ code: 'authentication_failed', message, retryable: true })
})

test.each([APPROVED, DECLINED])(
  'the gateway reports whether the request of a key was executed: by the card %s',
  async (number) => {
    const key = randomUUID()
    const outcome = async () => (await ask(`/v1/keys/${key}`, { method: 'GET' })).body
    expect(await outcome()).toEqual({ isDone: false, failure: null })
    await ask('/v1/payments', { key, body: payment(await aSource(number)) })
    expect(await outcome()).toEqual({ isDone: true, failure: null })
  },
)

test('a refund that the gateway refused was not executed', async () => {
  const [key, { id }] = [randomUUID(), await aPayment()]
  const { status } = await ask(`/v1/payments/${id}/refunds`, { key, body: { amountMinor: '1' } })
  const { body } = await ask(`/v1/keys/${key}`, { method: 'GET' })
  expect([status, body]).toEqual([409, { isDone: false, failure: null }])
})
