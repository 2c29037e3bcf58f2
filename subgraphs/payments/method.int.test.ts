import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_METHODS } from './method/method.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const LIST = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { paymentMethods { id label isDefault } } } }`
const SHOWN = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on CardPaymentMethod { brand last4 expMonth expYear } ... on WalletPaymentMethod { provider } } }`

async function methodsOf(viewer: ReturnType<typeof customer>, id = viewer.kind === 'user' ? viewer.id : '') {
  const { data } = await shop.execute(LIST, { of: [{ __typename: 'User', id }] }, viewer)
  return data._entities[0].paymentMethods
}

test('a customer keeps cards and wallets: the first is the default, until another is chosen or it is removed', async () => {
  const ada = customer(newId('usr'))
  const visa = await shop.aMethod(ada)
  const wallet = await shop.aMethod(ada, 'approve@wallet.example')
  expect(await methodsOf(ada)).toEqual([
    { id: wallet, label: 'Sandbox Pay a…@wallet.example', isDefault: false },
    { id: visa, label: 'Visa •••• 4242', isDefault: true },
  ])
  await shop.accepted('setDefaultPaymentMethod', { idempotencyKey: 'k1', paymentMethodId: wallet }, ada)
  expect((await methodsOf(ada)).map(({ isDefault }: { isDefault: boolean }) => isDefault)).toEqual([
    true,
    false,
  ])
  const removal = { idempotencyKey: 'k2', paymentMethodId: wallet }
  await shop.accepted('removePaymentMethod', removal, ada)
  await shop.accepted('removePaymentMethod', removal, ada)
  expect(await methodsOf(ada)).toEqual([{ id: visa, label: 'Visa •••• 4242', isDefault: true }])
  // The newest of the methods that are left becomes the default.
  const [older, newer] = [await shop.aMethod(ada), await shop.aMethod(ada)]
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'k3', paymentMethodId: visa }, ada)
  expect(await methodsOf(ada)).toMatchObject([
    { id: newer, isDefault: true },
    { id: older, isDefault: false },
  ])
})

test('a card shows its brand, last digits and expiry, and a wallet its provider', async () => {
  const ada = customer(newId('usr'))
  const [card, wallet] = [await shop.aMethod(ada), await shop.aMethod(ada, 'approve@wallet.example')]
  const of = [
    { __typename: 'CardPaymentMethod', id: card },
    { __typename: 'WalletPaymentMethod', id: wallet },
  ]
  const { expMonth, expYear } = await shop.resources.prisma.paymentMethod.findUniqueOrThrow({
    where: { id: card },
  })
  expect((await shop.execute(SHOWN, { of }, ada)).data._entities).toEqual([
    { brand: 'Visa', last4: '4242', expMonth, expYear },
    { provider: 'Sandbox Pay' },
  ])
})

test('a method that was removed is not there for another choice, and the default stays with the other', async () => {
  const ada = customer(newId('usr'))
  const [kept, gone] = [await shop.aMethod(ada), await shop.aMethod(ada)]
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'k1', paymentMethodId: gone }, ada)
  expect(await methodsOf(ada)).toMatchObject([{ id: kept, isDefault: true }])
  for (const name of ['setDefaultPaymentMethod', 'removePaymentMethod'] as const) {
    const { data, errors } = await shop.mutate(name, { idempotencyKey: 'k2', paymentMethodId: gone }, ada)
    expect(errors).toEqual([])
    expect(data[name].userErrors).toMatchObject([{ message: `there is no payment method "${gone}"` }])
  }
})

test('methods of another gateway are neither listed, nor the default, nor counted, nor chosen', async () => {
  const ada = customer(newId('usr'))
  const [older, visa, other] = [await shop.aMethod(ada), await shop.aMethod(ada), await shop.aMethod(ada)]
  await shop.accepted('setDefaultPaymentMethod', { idempotencyKey: 'k1', paymentMethodId: visa }, ada)
  await shop.sql(`UPDATE payment_method SET gateway = 'stripe' WHERE id = $1`, other)
  for (const name of ['setDefaultPaymentMethod', 'removePaymentMethod'] as const) {
    const { data } = await shop.mutate(name, { idempotencyKey: 'k0', paymentMethodId: other }, ada)
    expect(data[name].userErrors).toMatchObject([{ message: `there is no payment method "${other}"` }])
  }
  expect(await methodsOf(ada)).toMatchObject([{ id: visa, isDefault: true }, { id: older }])
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'k2', paymentMethodId: visa }, ada)
  expect(await methodsOf(ada)).toMatchObject([{ id: older, isDefault: true }])
  await shop.sql(
    `INSERT INTO payment_method SELECT (jsonb_populate_record(m, jsonb_build_object('id', 'pmt_' || n || m.id))).*
       FROM payment_method m, generate_series(1, ${MAX_METHODS}) n WHERE m.id = $1`,
    other,
  )
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'k3', paymentMethodId: older }, ada)
  const first = await shop.aMethod(ada)
  expect(await methodsOf(ada)).toMatchObject([{ id: first, isDefault: true }])
})

test('the same key gives the same method, another input under it is refused, a used token too, whoever sends it', async () => {
  const ada = customer(newId('usr'))
  const input = { idempotencyKey: 'once', token: await shop.sandbox.token('4242424242424242') }
  const answers = await shop.manyAtOnce(3, () => shop.accepted('addPaymentMethod', input, ada))
  expect(new Set(answers.map(({ paymentMethod }) => paymentMethod.id)).size).toBe(1)
  const other = await shop.mutate('addPaymentMethod', { ...input, makeDefault: true }, ada)
  expect(other.data.addPaymentMethod.userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReusedError' }])
  const again = await shop.mutate('addPaymentMethod', { ...input, idempotencyKey: 'twice' }, ada)
  expect(again.data.addPaymentMethod.userErrors).toMatchObject([
    { __typename: 'PaymentTokenError', code: 'token_unknown', path: ['token'] },
  ])
  const bobs = await shop.mutate('addPaymentMethod', input, customer(newId('usr')))
  expect(bobs.data.addPaymentMethod.userErrors).toMatchObject([{ code: 'token_unknown' }])
})

test('a guest adds a method, whose id is the secret; what another customer keeps is answered as what is not there', async () => {
  const [ada, bob] = [customer(newId('usr')), customer(newId('usr'))]
  const token = await shop.sandbox.token('4242424242424242')
  const short = await shop.mutate('addPaymentMethod', { idempotencyKey: 'short', token }, anonymous)
  expect(short.data.addPaymentMethod.userErrors).toMatchObject([{ path: ['idempotencyKey'] }])
  const guests = await shop.aMethod(anonymous)
  const { data } = await shop.execute(
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on PaymentMethod { id label } } }',
    { of: [{ __typename: 'PaymentMethod', id: guests }] },
  )
  expect(data._entities).toEqual([{ id: guests, label: 'Visa •••• 4242' }])
  const hers = await shop.aMethod(ada)
  expect(await methodsOf(bob, ada.kind === 'user' ? ada.id : '')).toBeNull()
  for (const paymentMethodId of [hers, newId('pmt')]) {
    const { data: refused } = await shop.mutate(
      'removePaymentMethod',
      { idempotencyKey: 'k', paymentMethodId },
      bob,
    )
    expect(refused.removePaymentMethod.userErrors).toEqual([
      {
        __typename: 'ValidationError',
        message: `there is no payment method "${paymentMethodId}"`,
        path: ['paymentMethodId'],
      },
    ])
  }
})

test(`a customer keeps ${MAX_METHODS} methods and no more, however many are added at once`, async () => {
  const ada = customer(newId('usr'))
  await shop.sql(
    `INSERT INTO payment_method (id, customer_id, kind, gateway, gateway_ref, provider, account, is_default, created_at)
     SELECT 'pmt_' || n || $1, $1, 'WALLET', 'sandbox', 'src', 'P', 'a', false, now() FROM generate_series(1, ${MAX_METHODS - 1}) n`,
    ada.kind === 'user' ? ada.id : '',
  )
  const tokens = await Promise.all([1, 2, 3].map(() => shop.sandbox.token('4242424242424242')))
  const answers = await shop.atOnce(
    tokens.map((token) => () => shop.mutate('addPaymentMethod', { idempotencyKey: token, token }, ada)),
  )
  const added = answers.filter(({ data }) => data.addPaymentMethod.paymentMethod !== null)
  expect(added).toHaveLength(1)
  // A further token is not exchanged: it is still good for another customer.
  const token = await shop.sandbox.token('4242424242424242')
  const { data } = await shop.mutate('addPaymentMethod', { idempotencyKey: 'one-more', token }, ada)
  expect(data.addPaymentMethod.userErrors).toMatchObject([{ __typename: 'ValidationError' }])
  await shop.accepted('addPaymentMethod', { idempotencyKey: 'first', token }, customer(newId('usr')))
  // The key of a method that was added is answered with it, although there is no room for another.
  const again = answers.findIndex((answer) => added.includes(answer))
  const repeated = { idempotencyKey: tokens[again] ?? '', token: tokens[again] ?? '' }
  const { paymentMethod } = await shop.accepted('addPaymentMethod', repeated, ada)
  expect(paymentMethod.id).toBe(added[0]?.data.addPaymentMethod.paymentMethod.id)
  // One that is removed makes room for another.
  const [{ id: paymentMethodId }] = await methodsOf(ada)
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'gone', paymentMethodId }, ada)
  await shop.aMethod(ada)
})

test.each([
  ['4242424242424242', /token is "\(a card number\)"/],
  ['4242 4242 4242 4242', /token is "\(a card number\)"/],
  [' 4242424242424242\n', /token is "\(a card number\)"/],
  ['123456789012', /token is "\(a card number\)"/],
  ['4242-4242-4242-4242-424', /token is "\(a card number\)"/],
  ['', /token is ""/],
  ['tok_123', /8 to 200 letters/],
  ['t'.repeat(201), /8 to 200 letters/],
  ['tok with spaces', /8 to 200 letters/],
])('the token %j is refused, and no card number is repeated', async (token, message) => {
  const { data } = await shop.mutate(
    'addPaymentMethod',
    { idempotencyKey: 'k', token },
    customer(newId('usr')),
  )
  const [error] = data.addPaymentMethod.userErrors
  expect(error.message).toMatch(message)
  expect(error.message).not.toMatch(/4242/)
})

test('pages of any origin get tokens of the sandbox gateway', async () => {
  const { SANDBOX_GATEWAY_URL: url } = shop.sandbox.settings
  for (const method of ['OPTIONS', 'POST']) {
    const { headers } = await fetch(`${url}/v1/tokens`, { method })
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
      'access-control-allow-methods': 'POST',
    })
  }
})

test('a method that was removed is forgotten by the gateway after an hour', async () => {
  const ada = customer(newId('usr'))
  const paymentMethodId = await shop.aMethod(ada)
  await shop.accepted('removePaymentMethod', { idempotencyKey: 'k', paymentMethodId }, ada)
  const earlier = (minutes: number) =>
    shop.sql(
      `UPDATE payment_method SET removed_at = removed_at - make_interval(mins => $2) WHERE id = $1`,
      paymentMethodId,
      minutes,
    )
  await earlier(59)
  await shop.runTimer('detach-removed-methods')
  expect(await shop.sandbox.sql('SELECT removed FROM source WHERE removed')).toEqual([])
  await earlier(2)
  await shop.runTimer('detach-removed-methods')
  const [row] = await shop.sql<{ ref: string; gone: boolean }>(
    'SELECT gateway_ref AS ref, detached_at IS NOT NULL AS gone FROM payment_method WHERE id = $1',
    paymentMethodId,
  )
  expect(row?.gone).toBe(true)
  // Refs of another gateway mean nothing to this one.
  const other = await shop.aMethod(ada)
  await shop.sql(
    `UPDATE payment_method SET gateway = 'stripe', is_default = false, removed_at = now() - interval '2 hours' WHERE id = $1`,
    other,
  )
  await shop.runTimer('detach-removed-methods')
  expect(await shop.sql('SELECT detached_at FROM payment_method WHERE id = $1', other)).toEqual([
    { detached_at: null },
  ])
  expect(await shop.sandbox.sql('SELECT removed FROM source WHERE id = $1', row?.ref)).toEqual([
    { removed: true },
  ])
})

test('a payment of another gateway is not captured by this one', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada)
  await shop.resources.prisma.$executeRawUnsafe(
    `UPDATE payment_method SET gateway = 'stripe' WHERE id = (SELECT method_id FROM payment WHERE order_id = $1)`,
    orderId,
  )
  await shop.command('capture', { orderId })
  const calls = await shop.resources.prisma.$queryRawUnsafe<{ attempts: number }[]>(
    `SELECT c.attempts FROM gateway_call c JOIN payment p ON p.id = c.payment_id WHERE p.order_id = $1 AND c.kind = 'CAPTURE'`,
    orderId,
  )
  expect(calls).toEqual([{ attempts: 0 }])
  expect(await shop.sandbox.sql('SELECT status FROM payment WHERE reference = $1', orderId)).toEqual([
    { status: 'AUTHORIZED' },
  ])
})
