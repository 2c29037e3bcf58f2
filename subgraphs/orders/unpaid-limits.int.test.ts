import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CARTS_PER_ADDRESS } from './cart/cart-store.ts'
import { PLACED_PER_ADDRESS, UNPAID_PER_ADDRESS } from './guest/guest-store.ts'
import { MAX_UNPAID } from './order/order-store.ts'
import { openOrders, type Shop, type Sock } from './testing/open-orders.ts'
import { PLACE_AS_GUEST } from './testing/operations.ts'

let shop: Shop
let sock: Sock
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  sock = await shop.addSock()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const place = { countryCode: 'DE', postalCode: '04109' }
const address = { recipient: 'Gus Guest', line1: '7 Weaver Street', city: 'Leipzig', ...place }

/** Fills a guest's cart. Resolves to the input of an order of it with an invented payment method. */
async function aCheckout(email: string) {
  const cart = await shop.fill(anonymous, sock)
  const option = { cartId: cart.id, grams: 60, amountMinor: '490', ...place }
  return {
    idempotencyKey: newId('evt'),
    cartId: cart.id,
    expectedCartVersion: cart.version,
    expectedTotal: { amount: '17.89', currencyCode: 'USD' },
    email,
    address,
    shippingOptionId: await shop.option(null, '', option),
    paymentMethodId: newId('pmt'),
  }
}

/** Places a guest's order. */
async function guestOrder(email: string, clientAddress: string, given?: object) {
  const input = given ?? (await aCheckout(email))
  const { data, errors } = await shop.execute(PLACE_AS_GUEST, { input }, anonymous, { clientAddress })
  const payload = data?.placeGuestOrder
  return { id: payload?.order?.id, refused: payload?.userErrors ?? [], code: errors[0]?.extensions?.code }
}

/** Resets the limit of new carts, which this test is not about. */
const forgetCarts = () => shop.own.throttle.clear('guest-cart:unknown')

test(`a customer has ${MAX_UNPAID} orders at once whose payment is not authorized, whatever their payment method`, async () => {
  const buyer = await shop.addBuyer()
  const order = async () => {
    await shop.fill(buyer.viewer, sock)
    return shop.place(buyer, { paymentMethodId: newId('pmt') })
  }
  const first = await order()
  for (let count = 1; count < MAX_UNPAID; count++) expect((await order()).userErrors).toEqual([])
  const message = expect.stringContaining('50 of your orders are not paid yet: allowed are 50 at once')
  expect((await order()).userErrors).toMatchObject([{ __typename: 'ValidationError', message }])
  await shop.answer('reserved', first.order.id)
  expect((await order()).userErrors).toEqual([])
})

test('a guest’s orders are counted by e-mail and address together: nobody uses up another’s orders', async () => {
  const email = `${newId('evt')}@argyle.example`
  const ids: string[] = []
  for (let count = 0; count < MAX_UNPAID; count++) {
    const { id, refused, code } = await guestOrder(email, '203.0.113.1')
    expect([refused, code]).toEqual([[], undefined])
    ids.push(id)
  }
  expect((await guestOrder(email, '203.0.113.1')).refused).toMatchObject([
    { message: expect.stringContaining('allowed are 50 at once') },
  ])
  expect((await guestOrder(email, '203.0.113.2')).refused).toEqual([])
  expect((await guestOrder('other@argyle.example', '203.0.113.1')).refused).toEqual([])
  // One whose payment is authorized counts no longer.
  await shop.answer('reserved', ids[0] ?? '')
  expect((await guestOrder(email, '203.0.113.1')).refused).toEqual([])
})

test('of orders of guests at once, no more than allowed are accepted', async () => {
  const email = `${newId('evt')}@argyle.example`
  for (let count = 1; count < MAX_UNPAID; count++) await guestOrder(email, '203.0.113.5')
  const checkouts = await Promise.all([1, 2, 3].map(() => aCheckout(email)))
  const answers = await shop.atOnce(
    checkouts.map((checkout) => () => guestOrder(email, '203.0.113.5', checkout)),
  )
  expect(answers.filter(({ refused }) => refused.length === 0)).toHaveLength(1)
})

test.each([
  [
    'a shipping option',
    { shippingOptionId: null, expectedTotal: { amount: '12.99', currencyCode: 'USD' } },
    '203.0.113.6',
  ],
  ['a payment method', { paymentMethodId: null }, '203.0.113.7'],
])('an order of a guest without %s alone is limited as one that is not paid', async (_, without, here) => {
  await forgetCarts()
  const order = async () => {
    const input = { ...(await aCheckout('free@argyle.example')), ...without }
    return (await guestOrder('', here, input)).code
  }
  for (let count = 0; count < UNPAID_PER_ADDRESS.burst; count++) expect(await order()).toBeUndefined()
  expect(await order()).toBe('RATE_LIMITED')
})

test('orders of guests with a payment method are limited by address: 60 at once, then one in 10 s', async () => {
  await forgetCarts()
  const here = '203.0.113.3'
  for (let count = 0; count < PLACED_PER_ADDRESS.burst; count++)
    expect((await guestOrder(`guest-${count}@argyle.example`, here)).code).toBeUndefined()
  expect((await guestOrder('late@argyle.example', here)).code).toBe('RATE_LIMITED')
  expect((await guestOrder('late@argyle.example', '203.0.113.4')).code).toBeUndefined()
  now = new Date(now.getTime() + PLACED_PER_ADDRESS.everyMs)
  expect((await guestOrder('late@argyle.example', here)).code).toBeUndefined()
})

test('new carts of guests are limited by address; further lines, refused ones and repeated keys do not count', async () => {
  const ADD = `mutation ($input: AddCartLineInput!) { addCartLine(input: $input) { cart { id } userErrors { ... on UserError { message } } } }`
  const add = async (more: object = {}) => {
    const input = { idempotencyKey: newId('evt'), variantId: sock.variantId, quantity: 1, ...more }
    const { data, errors } = await shop.execute(ADD, { input }, anonymous, { clientAddress: '203.0.113.9' })
    return { id: data?.addCartLine?.cart?.id, code: errors[0]?.extensions?.code }
  }
  const repeated = { idempotencyKey: newId('evt') }
  const { id } = await add(repeated)
  for (let count = 1; count < CARTS_PER_ADDRESS.burst; count++) expect((await add()).code).toBeUndefined()
  expect(await add()).toEqual({ id: undefined, code: 'RATE_LIMITED' })
  expect((await add({ cartId: id })).id).toBe(id)
  now = new Date(now.getTime() + CARTS_PER_ADDRESS.everyMs)
  expect((await add(repeated)).id).toBe(id)
  expect((await add({ variantId: newId('var') })).code).toBeUndefined()
  expect((await add()).code).toBeUndefined()
  expect((await add()).code).toBe('RATE_LIMITED')
})
