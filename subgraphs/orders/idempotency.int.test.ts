import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import {
  ADD,
  ASSIGN_TAX_CATEGORY,
  CANCEL,
  CANCEL_AS_GUEST,
  CLAIM,
  CREATE_COUPON,
  PAY,
  PAY_AS_GUEST,
  PLACE,
  PLACE_AS_GUEST,
  REMOVE_TAX_RATE,
  SET_TAX_COUNTRY,
  SET_TAX_RATE,
} from './testing/operations.ts'
import { type MutationText, payloadOf, type ShownError } from './testing/payloads.ts'

// A key identifies one request of one mutation by one caller, so all callers and mutations may share this
// key.
const KEY = 'the only key in this file'

let shop: Shop
let sock: Sock

beforeAll(async () => {
  shop = await openOrders()
  sock = await shop.addSock()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** Runs a mutation that must succeed. Resolves to the entity of its payload. */
async function accepted<P extends { readonly userErrors: readonly ShownError[] }>(
  operation: MutationText<P>,
  input: object,
  viewer: Viewer,
): Promise<P> {
  const answer = await shop.execute(operation, { input: { idempotencyKey: KEY, ...input } }, viewer)
  const payload = payloadOf(operation, answer)
  expect([answer.errors, payload.userErrors]).toEqual([[], []])
  return payload
}

/** A guest's order like this one, in a cart and under a key of its own. */
async function unpaidOrder(like: object) {
  const { id: cartId, version: expectedCartVersion } = await shop.fill(anonymous, sock)
  const input = { ...like, idempotencyKey: newId('evt'), cartId, expectedCartVersion }
  const { order, secret } = await accepted(PLACE_AS_GUEST, { ...input, shippingOptionId: null }, anonymous)
  return { cartId, which: { number: order.number, secret } }
}

/** The requests of one caller with the key, by mutation. A second run sends equal inputs. */
async function caller(code: string, countryCode: string) {
  const buyer: TestBuyer = await shop.addBuyer()
  const viewer: Viewer = {
    ...buyer.viewer,
    kind: 'user',
    id: buyer.id,
    sessionId: '',
    scopes: new Set(['self', 'orders:write']),
  }
  const guestCart = await shop.fill(anonymous, sock)
  await accepted(ADD, { variantId: sock.variantId, quantity: 1 }, viewer)
  const { cart } = await accepted(CLAIM, { cartId: guestCart.id }, viewer)
  const placing = {
    cartId: cart.id,
    expectedCartVersion: cart.version,
    expectedTotal: cart.total,
    shippingAddressId: buyer.addressId,
    shippingOptionId: await shop.option(cart, buyer.addressId),
    paymentMethodId: newId('pmt'),
  }
  const { order } = await accepted(PLACE, placing, viewer)
  await shop.fill(viewer, sock)
  const { order: unpaid } = await shop.place(buyer, { paymentMethodId: null })
  const paying = { orderId: unpaid.id, paymentMethodId: newId('pmt'), expectedTotal: unpaid.grandTotal }
  const ofGuest = await shop.fill(anonymous, sock)
  const asGuest = {
    cartId: ofGuest.id,
    expectedCartVersion: ofGuest.version,
    expectedTotal: ofGuest.total,
    email: 'ada@argyle.example',
    shippingOptionId: await shop.option(ofGuest, '', { countryCode: 'GB', postalCode: 'LS1 4AP' }),
    paymentMethodId: newId('pmt'),
    address: {
      recipient: 'Ada',
      line1: '1 Loom Lane',
      city: 'Leeds',
      postalCode: 'LS1 4AP',
      countryCode: 'GB',
    },
  }
  const guestOrder = await unpaidOrder({ ...asGuest, shippingOptionId: null, paymentMethodId: null })
  const option = { cartId: guestOrder.cartId, grams: 60, countryCode: 'GB', postalCode: 'LS1 4AP' }
  const payingAsGuest = {
    ...guestOrder.which,
    shippingOptionId: await shop.option(null, '', option),
    paymentMethodId: newId('pmt'),
    expectedTotal: ofGuest.total,
  }
  const { which: cancelled } = await unpaidOrder(asGuest)
  const cancelling = { ...cancelled, expectedVersion: 1 }
  const productCategoryId = newId('cat')
  const country = { countryCode, pricesIncludeTax: true }
  const rate = { countryCode, percent: '19' }
  await accepted(SET_TAX_COUNTRY, country, viewer)
  const { taxRate } = await accepted(SET_TAX_RATE, rate, viewer)
  const removing = { taxRateId: taxRate.id, expectedVersion: 1 }
  const assigning = { productCategoryId, taxCategory: 'REDUCED' }
  const one = { amount: '1.00', currencyCode: 'USD' }
  const others: [operation: string, input: object, viewer: Viewer][] = [
    [PLACE_AS_GUEST, { ...asGuest, email: 'eve@argyle.example' }, anonymous],
    [PLACE_AS_GUEST, { ...asGuest, shippingOptionId: null }, anonymous],
    [PLACE_AS_GUEST, { ...asGuest, paymentMethodId: null }, anonymous],
    [PLACE_AS_GUEST, { ...asGuest, expectedCartVersion: ofGuest.version + 1 }, anonymous],
    [PLACE_AS_GUEST, { ...asGuest, expectedTotal: one }, anonymous],
    [PLACE_AS_GUEST, { ...asGuest, address: { ...asGuest.address, line1: '2 Loom Lane' } }, anonymous],
    [PAY_AS_GUEST, { ...payingAsGuest, shippingOptionId: null }, anonymous],
    [PAY_AS_GUEST, { ...payingAsGuest, expectedTotal: one }, anonymous],
    [PAY_AS_GUEST, { ...payingAsGuest, paymentMethodId: newId('pmt') }, anonymous],
    [CANCEL_AS_GUEST, { ...cancelling, expectedVersion: 2 }, anonymous],
    [SET_TAX_COUNTRY, { ...country, pricesIncludeTax: false }, viewer],
    [SET_TAX_RATE, { ...rate, percent: '20' }, viewer],
    [REMOVE_TAX_RATE, { ...removing, expectedVersion: 2 }, viewer],
    [ASSIGN_TAX_CATEGORY, { ...assigning, taxCategory: 'ZERO' }, viewer],
    [ADD, { variantId: sock.variantId, quantity: 2 }, viewer],
    [CLAIM, { cartId: newId('crt') }, viewer],
    [PLACE, { ...placing, paymentMethodId: newId('pmt') }, viewer],
    [PLACE, { ...placing, shippingOptionId: null }, viewer],
    [PLACE, { ...placing, expectedCartVersion: cart.version + 1 }, viewer],
    [PLACE, { ...placing, expectedTotal: one }, viewer],
    [PAY, { ...paying, expectedTotal: one }, viewer],
    [PAY, { ...paying, paymentMethodId: newId('pmt') }, viewer],
    [PAY, { ...paying, shippingOptionId: placing.shippingOptionId }, viewer],
    [CANCEL, { orderId: order.id, expectedVersion: 2 }, viewer],
    [CREATE_COUPON, { code, percentBasisPoints: 200 }, viewer],
    [REMOVE_TAX_RATE, { ...removing, taxRateId: newId('txr') }, viewer],
    [ASSIGN_TAX_CATEGORY, { ...assigning, productCategoryId: newId('cat') }, viewer],
    [ADD, { variantId: newId('var'), quantity: 1 }, viewer],
    [PLACE, { ...placing, cartId: newId('crt') }, viewer],
    [PLACE, { ...placing, shippingAddressId: newId('adr') }, viewer],
    [PAY, { ...paying, orderId: newId('ord') }, viewer],
    [CANCEL, { orderId: newId('ord'), expectedVersion: 1 }, viewer],
  ]
  const run = async () => ({
    placeGuestOrder: (await accepted(PLACE_AS_GUEST, asGuest, anonymous)).secret,
    payGuestOrder: (await accepted(PAY_AS_GUEST, payingAsGuest, anonymous)).order.id,
    cancelGuestOrder: (await accepted(CANCEL_AS_GUEST, cancelling, anonymous)).order.id,
    setTaxCountry: (await accepted(SET_TAX_COUNTRY, country, viewer)).taxCountry.countryCode,
    setTaxRate: taxRate.id,
    removeTaxRate: (await accepted(REMOVE_TAX_RATE, removing, viewer)).removedTaxRateId,
    assignTaxCategory: (await accepted(ASSIGN_TAX_CATEGORY, assigning, viewer)).taxAssignment
      .productCategoryId,
    addCartLine: (await accepted(ADD, { variantId: sock.variantId, quantity: 1 }, viewer)).cart.id,
    claimCart: (await accepted(CLAIM, { cartId: guestCart.id }, viewer)).cart.id,
    placeOrder: (await accepted(PLACE, placing, viewer)).order.id,
    payOrder: (await accepted(PAY, paying, viewer)).order.id,
    cancelOrder: (await accepted(CANCEL, { orderId: order.id, expectedVersion: 1 }, viewer)).order.id,
    createCoupon: (await accepted(CREATE_COUPON, { code, percentBasisPoints: 100 }, viewer)).coupon.id,
  })
  return { run, others }
}

test('a key of another caller, or of another mutation, is another key', async () => {
  const [ada, bob] = [await caller('ADA', 'DE'), await caller('BOB', 'FR')]
  const [hers, his] = [await ada.run(), await bob.run()]
  expect(Object.keys(hers).sort()).toEqual(keyedMutations(new URL('schema.graphql', import.meta.url)))
  for (const [mutation, id] of Object.entries(hers))
    expect([mutation, id]).not.toEqual([mutation, his[mutation as keyof typeof his]])
  expect(await ada.run()).toEqual(hers)
})

test('every mutation refuses another input under a key that was used', async () => {
  const { run, others } = await caller('EVE', 'SE')
  const names = Object.keys(await run())
  const refusing = new Set<string>()
  for (const [operation, input, viewer] of others) {
    const { data, errors } = await shop.execute(
      operation,
      { input: { idempotencyKey: KEY, ...input } },
      viewer,
    )
    expect(errors).toEqual([])
    const [[name = '', payload] = []] = Object.entries<{ userErrors: object[] }>(data)
    expect([name, payload?.userErrors]).toEqual([
      name,
      [expect.objectContaining({ __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] })],
    ])
    refusing.add(name)
  }
  expect([...refusing].sort()).toEqual(names.sort())
})

test('two guests, each with a cart of their own, may add under one key', async () => {
  const carts = [await shop.fill(anonymous, sock), await shop.fill(anonymous, sock)]
  for (const { id: cartId } of carts) {
    const { cart } = await accepted(ADD, { cartId, variantId: sock.variantId, quantity: 2 }, anonymous)
    expect(cart).toMatchObject({ id: cartId, lines: [{ quantity: 3 }] })
  }
})

test('a guest does not come upon the cart that a customer began under the same key', async () => {
  const input = { idempotencyKey: newId('key'), variantId: sock.variantId, quantity: 1 }
  const { viewer } = await shop.addBuyer()
  const { cart: own } = await accepted(ADD, input, viewer)
  const { cart: guest } = await accepted(ADD, input, anonymous)
  expect(guest.id).not.toBe(own.id)
})
