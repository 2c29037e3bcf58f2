import { hashOf } from '@argyle/kit/hashed-secret'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

const ENTITIES = `query ($all: [_Any!]!) { _entities(representations: $all) {
  ... on Payment { id method { id } order { id } }
  ... on CardPaymentMethod { id brand last4 }
  ... on WalletPaymentMethod { id provider }
  ... on Order { id payment { id } }
  ... on User { id paymentMethods { id } } } }`

async function entities(all: readonly { __typename: string; id: string }[], viewer: Viewer) {
  const { data, errors } = await shop.execute(ENTITIES, { all }, viewer)
  expect(errors).toEqual([])
  return data._entities
}

const idOf = (viewer: Viewer) => (viewer.kind === 'user' ? viewer.id : '')

/** An order that a customer has paid, as references. */
async function paid(viewer: Viewer = customer(newId('usr'))) {
  const { orderId, data } = await shop.authorized(viewer)
  const { id: paymentId } = await shop.row(orderId)
  const { paymentMethodId } = data
  const all = [
    { __typename: 'Payment', id: paymentId },
    { __typename: 'CardPaymentMethod', id: paymentMethodId },
    { __typename: 'Order', id: orderId },
    { __typename: 'User', id: idOf(viewer) },
  ]
  return { viewer, orderId, paymentId, paymentMethodId, all }
}

describe('a payment and its method', () => {
  test('are there for their customer, and for staff with payments:read', async () => {
    const { viewer, orderId, paymentId, paymentMethodId, all } = await paid()
    const seen = [
      { id: paymentId, method: { id: paymentMethodId }, order: { id: orderId } },
      { id: paymentMethodId, brand: 'Visa', last4: '4242' },
      { id: orderId, payment: { id: paymentId } },
    ]
    const own = { id: idOf(viewer), paymentMethods: [{ id: paymentMethodId }] }
    expect(await entities(all, viewer)).toEqual([...seen, own])
    // The list of a customer's methods is for paying by them, which staff do not.
    const methods = { ...own, paymentMethods: null }
    expect(await entities(all, staff('payments:read', 'orders:read'))).toEqual([...seen, methods])
    const [payment, ...others] = seen
    const unreferenced = { ...payment, order: null }
    expect(await entities(all, staff('payments:read'))).toEqual([unreferenced, ...others, methods])
    const other = await paid()
    const both = await entities([...other.all, ...all], staff('payments:read', 'orders:read'))
    expect(both.slice(4)).toEqual([...seen, methods])
    expect(both.slice(0, 3)).toMatchObject([
      { id: other.paymentId, method: { id: other.paymentMethodId }, order: { id: other.orderId } },
      { id: other.paymentMethodId },
      { id: other.orderId, payment: { id: other.paymentId } },
    ])
  })

  test.each([
    ['another customer', customer(newId('usr'))],
    ['staff who only refund', staff('payments:refund', 'orders:read')],
  ])('are not there for %s', async (_, stranger) => {
    const { viewer, orderId, all } = await paid()
    expect(await entities(all, stranger)).toEqual([
      null,
      null,
      { id: orderId, payment: null },
      { id: idOf(viewer), paymentMethods: null },
    ])
  })

  test('are not there for a visitor, who is asked to sign in for what a customer has', async () => {
    const { orderId, viewer, all } = await paid()
    const { data, errors } = await shop.execute(ENTITIES, { all }, anonymous)
    expect(data._entities).toEqual([
      null,
      null,
      { id: orderId, payment: null },
      { id: idOf(viewer), paymentMethods: null },
    ])
    expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions?.code])).toEqual([
      ['paymentMethods', 'UNAUTHENTICATED'],
    ])
  })

  test('are there for whoever proves the secret of a guest’s order, and for nobody else', async () => {
    const secretHash = hashOf(newId('key'))
    const paymentMethodId = await shop.aMethod(anonymous, '4000000000003220')
    const orders = [newId('ord'), newId('ord')]
    for (const [index, orderId] of orders.entries())
      await shop.command('authorize', {
        ...{ orderId, orderNumber: 'A-1', customerId: null, paymentMethodId },
        guestProofHash: index === 0 ? hashOf(secretHash) : null,
        amount: { amountMinor: '4200', currencyCode: 'USD' },
      })
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) {
      ... on Order { payment { status nextAction { redirectUrl } method { id } } } } }`
    const seen = async (guestProof: unknown, [id] = orders) => {
      const all = [{ __typename: 'Order', id, guestProof }]
      const { data, errors } = await shop.execute(query, { all })
      expect(errors).toEqual([])
      return data._entities[0].payment
    }
    expect(await seen(secretHash)).toEqual({
      status: 'REQUIRES_ACTION',
      nextAction: { redirectUrl: expect.stringMatching(/^http/) },
      method: { id: paymentMethodId },
    })
    for (const wrong of [null, undefined, '', hashOf(secretHash), 'a'.repeat(43)])
      expect(await seen(wrong)).toBeNull()
    // An order that was placed before proofs existed.
    for (const wrong of [null, '', secretHash]) expect(await seen(wrong, orders.slice(1))).toBeNull()
  })
})

test('ids of nothing, and ids that are none, are null beside the others', async () => {
  const { viewer, paymentId, all } = await paid()
  const ids = ['', 'pay_1', 'pmt_\u0000', "'; DROP TABLE payment; --", newId('crt')]
  const types = ['Payment', 'CardPaymentMethod', 'WalletPaymentMethod', 'Order', 'User']
  const bad = [
    ...types.flatMap((__typename) => ids.map((id) => ({ __typename, id }))),
    { __typename: 'Payment', id: newId('pay') },
    { __typename: 'CardPaymentMethod', id: newId('pmt') },
  ]
  const [first, ...others] = await entities([...all.slice(0, 1), ...bad], viewer)
  expect(first).toMatchObject({ id: paymentId })
  expect(others).toEqual(Array(bad.length).fill(null))
})

test('a payment that was given up before it began is none', async () => {
  const orderId = newId('ord')
  await shop.command('void', { orderId })
  const { id } = await shop.row(orderId)
  const all = [
    { __typename: 'Payment', id },
    { __typename: 'Order', id: orderId },
  ]
  expect(await entities(all, staff('payments:read'))).toEqual([null, { id: orderId, payment: null }])
})

test('a document with two refunds shows each with those before it', async () => {
  const { orderId } = await shop.authorized(customer(newId('usr')))
  await shop.command('capture', { orderId })
  const { id: paymentId } = await shop.row(orderId)
  const refund = (name: string) =>
    `${name}: refundPayment(input: { idempotencyKey: "${name}", paymentId: "${paymentId}", amount: "1.00", reason: "Late." }) {
       payment { refunds { reason } } }`
  const clerk = staff('payments:refund', 'payments:read')
  const { data, errors } = await shop.execute(
    `mutation { ${refund('first')} ${refund('second')} }`,
    {},
    clerk,
  )
  expect(errors).toEqual([])
  const counts = [data.first, data.second].map(({ payment }) => payment.refunds.length)
  expect(counts).toEqual([1, 2])
  await shop.resources.work.idle()
})

test('50 payments with their methods cost as many statements as one', async () => {
  const viewer = customer(newId('usr'))
  const first = await paid(viewer)
  const ids = Array.from({ length: 49 }, () => [newId('pay'), newId('ord')] as const)
  for (const [id, orderId] of ids)
    await shop.sql(
      `INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', $1::text, 'order_id', $2::text, 'gateway_ref', $1::text))).*
         FROM payment p WHERE p.id = $3`,
      id,
      orderId,
      first.paymentId,
    )
  const all = [first.paymentId, ...ids.map(([id]) => id)].map((id) => ({ __typename: 'Payment', id }))
  const cost = (count: number) =>
    shop.sqlCount(async () => {
      const found = await entities(all.slice(0, count), viewer)
      expect(found.map(({ id }: { id: string }) => id)).toEqual(all.slice(0, count).map(({ id }) => id))
    })
  expect([await cost(1), await cost(50)]).toEqual([2, 2])
})

test('browsers learn where card data goes, without signing in', async () => {
  const { data, errors } = await shop.execute('{ paymentGateway { name tokenUrl publishableKey } }')
  expect(errors).toEqual([])
  expect(data.paymentGateway).toMatchObject({
    name: 'sandbox',
    tokenUrl: new URL('/v1/tokens', shop.sandbox.url).href,
  })
})
