import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { orderInput } from './checkout.ts'
import { run } from './one-input.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

// Each test uses the answer of a mutation at once, without a pause.
const ERRORS = 'userErrors { __typename ... on UserError { message path } }'
const PRODUCT = 'id version variants(first: 1) { edges { node { id } } }'
const key = () => randomUUID()

let shop: TestShop
let customer: GraphqlClient
let staff: GraphqlClient

beforeAll(async () => {
  shop = await startTestShop()
  customer = shop.visitor()
  staff = shop.visitor()
  await signIn(customer, shop.accounts.customer)
  await signIn(staff, shop.accounts.staff)
})
afterAll(() => shop?.stop())

/** A product that has just been published. */
async function publishedProduct() {
  const slug = `p-${key()}`
  const prices = ['USD', 'EUR', 'JPY'].map((currencyCode) => ({ currencyCode, amount: '10' }))
  const variant = { sku: slug.toUpperCase(), title: 'M', options: [{ name: 'Size', value: 'M' }], prices }
  const draft = { idempotencyKey: key(), slug, title: 'Sock', variants: [{ ...variant, weightGrams: 60 }] }
  const { product } = await run(staff, 'createProduct', `product { ${PRODUCT} }`, draft)
  const { id, version } = product
  const published = await run(staff, 'publishProduct', `product { ${PRODUCT} }`, {
    id,
    expectedVersion: version,
  })
  return { id, version: published.product.version, variantId: product.variants.edges[0].node.id }
}

/** Adjusts the first stock level of a variant. */
async function stockOf(variantId: string) {
  const { data } = await staff.ask(`{ variant(id: "${variantId}") { stockLevels { id } } }`)
  const stockLevelId = data.variant.stockLevels[0].id
  return (delta: number, reason: string) =>
    run(staff, 'adjustStock', 'stockLevel { onHand }', { idempotencyKey: key(), stockLevelId, delta, reason })
}

const ADDRESS = {
  recipient: 'Ada',
  line1: 'Old Street 1',
  city: 'Leipzig',
  postalCode: '1',
  countryCode: 'DE',
}
const addAddress = async () =>
  (
    await run(customer, 'addAddress', 'address { id version }', {
      idempotencyKey: key(),
      ...ADDRESS,
    })
  ).address

const addLine = (variantId: string) =>
  run(customer, 'addCartLine', 'cart { id version total { amount currencyCode } }', {
    idempotencyKey: key(),
    variantId,
    quantity: 1,
  })

async function emptyCart() {
  const { data } = await customer.ask('{ me { cart { id version } } }')
  if (!data.me.cart) return
  const { id: cartId, version: expectedVersion } = data.me.cart
  await run(customer, 'clearCart', 'cart { id }', { cartId, expectedVersion })
}

/** The input of placeOrder for a cart with one unit of the variant. */
async function anOrder(variantId: string, shippingAddressId: string) {
  await addLine(variantId)
  return { idempotencyKey: key(), ...(await orderInput(customer, shippingAddressId)) }
}

const PLACED = `order { shippingAddress { line1 } } ${ERRORS}`

describe('an address', () => {
  test('that was changed earlier in the same operation is the destination', async () => {
    const { variantId } = await publishedProduct()
    const { id: addressId } = await addAddress()
    const order = await anOrder(variantId, addressId)
    const address = { addressId, expectedVersion: 1, line1: 'New Street 2' }
    const { data } = await customer.ask(
      `mutation ($address: UpdateAddressInput!, $order: PlaceOrderInput!) {
        updateAddress(input: $address) { address { version } } placeOrder(input: $order) { ${PLACED} } }`,
      { address, order },
    )
    expect(data.placeOrder).toEqual({ order: { shippingAddress: { line1: 'New Street 2' } }, userErrors: [] })
  })

  test('that was removed is refused as destination', async () => {
    const { variantId } = await publishedProduct()
    const { id: addressId } = await addAddress()
    const order = await anOrder(variantId, addressId)
    await run(customer, 'removeAddress', 'removedAddressId', { addressId, expectedVersion: 1 })
    expect(await run(customer, 'placeOrder', PLACED, order)).toMatchObject({
      order: null,
      userErrors: [{ path: ['shippingAddressId'] }],
    })
  })
})

test('an order that was placed without shipping option and payment method is completed by payOrder', async () => {
  const { variantId } = await publishedProduct()
  const adjust = await stockOf(variantId)
  await adjust(2, 'RECEIVED')
  await emptyCart()
  const { id } = await addAddress()
  // The first input, which is not sent, waits until the customer has a card and shipping has received the
  // weight.
  const { paymentMethodId } = await anOrder(variantId, id)
  const { cart } = await addLine(variantId)
  const { order, userErrors } = await run(customer, 'placeOrder', `order { id payable } ${ERRORS}`, {
    idempotencyKey: key(),
    cartId: cart.id,
    expectedCartVersion: cart.version,
    shippingAddressId: id,
    expectedTotal: cart.total,
  })
  expect([order?.payable, userErrors]).toEqual([true, []])
  const { data } = await customer.ask(
    `{ order(id: "${order.id}") { grandTotal { currencyCode } shippingOptions { id price { amount } } } }`,
  )
  const [cheapest] = data.order.shippingOptions
  // 100 cents of a dollar; German prices include tax.
  const cents = [cart.total.amount, cheapest.price.amount].reduce(
    (sum, amount) => sum + Math.round(100 * Number(amount)),
    0,
  )
  const paid = await run(customer, 'payOrder', `order { payable } ${ERRORS}`, {
    idempotencyKey: key(),
    orderId: order.id,
    shippingOptionId: cheapest.id,
    paymentMethodId,
    expectedTotal: { amount: (cents / 100).toFixed(2), currencyCode: data.order.grandTotal.currencyCode },
  })
  expect(paid).toEqual({ order: { payable: false }, userErrors: [] })
  const read = () =>
    customer.ask(
      `{ order(id: "${order.id}") { status payment { status } shipments { status } shippingOptions { id } } }`,
    )
  // Payments and shipping are read at different instants.
  const shown = await waitUntil(
    read,
    ({ data }) => data?.order?.shipments?.length > 0 && data.order.payment.status === 'CAPTURED',
  )
  expect(shown.data.order.shippingOptions).toBeNull()
})

describe('a product', () => {
  test('is sold at its new price', async () => {
    const { variantId, version: expectedVersion } = await publishedProduct()
    await addLine(variantId)
    await emptyCart()
    const prices = ['USD', 'EUR', 'JPY'].map((currencyCode) => ({ currencyCode, amount: '11' }))
    await run(staff, 'changePrice', 'variant { id }', { variantId, expectedVersion, prices })
    expect((await addLine(variantId)).cart.total).toEqual({ amount: '11.00', currencyCode: 'USD' })
  })

  test('that was archived is sold no more', async () => {
    const { id, variantId, version: expectedVersion } = await publishedProduct()
    await run(staff, 'archiveProduct', 'product { id }', { id, expectedVersion })
    expect(await addLine(variantId)).toMatchObject({ cart: null, userErrors: [{ path: ['variantId'] }] })
  })
})

test('a new display name is returned with the reviews of its account', async () => {
  const { id: productId } = await publishedProduct()
  const opinion = { productId, rating: 5, body: 'Warm at last, and dry.' }
  const submitted = await run(customer, 'submitReview', 'review { id }', {
    idempotencyKey: key(),
    ...opinion,
  })
  const { data } = await customer.ask('{ me { version } }')
  const displayName = `Ada ${key()}`
  const rename = { expectedVersion: data.me.version, displayName }
  await run(customer, 'updateProfile', 'user { version }', rename)
  const { id } = submitted.review
  const shown = await shop.visitor().ask(`{ review(id: "${id}") { author { displayName } } }`)
  expect(shown.data.review.author.displayName).toBe(displayName)
})

test('stock that staff have just received can be put into a cart', async () => {
  const { variantId } = await publishedProduct()
  const adjust = await stockOf(variantId)
  await adjust(1, 'RECEIVED')
  await adjust(-1, 'DAMAGED')
  expect((await addLine(variantId)).userErrors).toMatchObject([{ __typename: 'InsufficientStockError' }])
  await adjust(1, 'RECEIVED')
  expect((await addLine(variantId)).userErrors).toEqual([])
})

test('without orders an address can be changed; after its restart placeOrder waits for the given version', async () => {
  const { variantId } = await publishedProduct()
  const { id: addressId } = await addAddress()
  const order = await anOrder(variantId, addressId)
  await shop.subgraph('orders').stop()
  const change = { addressId, expectedVersion: 1, line1: 'New Street 2' }
  const changed = await run(customer, 'updateAddress', 'address { version }', change)
  expect(changed).toEqual({ address: { version: 2 }, userErrors: [] })
  await shop.subgraph('orders').start()
  const place = () => run(customer, 'placeOrder', PLACED, { ...order, shippingAddressVersion: 2 })
  const placed = await waitUntil(place, ({ order: made }) => made !== null)
  expect(placed.order.shippingAddress.line1).toBe('New Street 2')
})
