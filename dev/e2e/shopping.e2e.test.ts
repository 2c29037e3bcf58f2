import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bestSeller, productPageQuery } from '../shop/terminal/banner.ts'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { addCard, orderInput, SECOND_STEP } from './checkout.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

const ERRORS = 'userErrors { __typename ... on UserError { message path } }'
const CART =
  'cart { id version total { amount currencyCode } lines { quantity unitPrice { amount } variant { id title } } }'

let shop: TestShop
let guest: GraphqlClient
let staff: GraphqlClient

const account = { email: 'lotte@example.com', password: 'a pair for every day', displayName: 'Lotte Aaker' }
/** Results of the steps, for later steps. */
const walk = { slug: '', productId: '', variantId: '', cartId: '', orderId: '', onHandBefore: 0 }

beforeAll(async () => {
  shop = await startTestShop()
  guest = shop.visitor()
  staff = shop.visitor()
  await signIn(staff, shop.accounts.staff)
})
afterAll(() => shop?.stop())

async function stockLevels(): Promise<
  { id: string; onHand: number; reserved: number; reorderPoint: number }[]
> {
  const query = `query($id: ID!) { product(id: $id) { variants(first: 1) { edges { node {
    stockLevels { id onHand reserved reorderPoint } } } } } }`
  const { data, errors } = await staff.ask(query, { id: walk.productId })
  expect(errors).toEqual([])
  return data.product.variants.edges[0].node.stockLevels
}

test('a visitor signs up', async () => {
  const { data, errors } = await shop
    .visitor()
    .ask(
      `mutation($input: SignUpInput!) { signUp(input: $input) { session { user { displayName } } ${ERRORS} } }`,
      {
        input: { idempotencyKey: randomUUID(), ...account },
      },
    )
  expect(errors).toEqual([])
  expect(data.signUp).toEqual({ session: { user: { displayName: account.displayName } }, userErrors: [] })
})

test('a visitor pages through all products, each coming once', async () => {
  const slugs: string[] = []
  let after: string | null = null
  do {
    const query =
      'query($after: String) { products(first: 5, after: $after) { edges { node { slug } } pageInfo { hasNextPage endCursor } } }'
    const { data, errors } = await guest.ask(query, { after })
    expect(errors).toEqual([])
    slugs.push(...data.products.edges.map((edge: { node: { slug: string } }) => edge.node.slug))
    after = data.products.pageInfo.hasNextPage ? data.products.pageInfo.endCursor : null
  } while (after)
  expect(slugs).toHaveLength(12)
  expect(new Set(slugs).size).toBe(12)
})

test('one query returns a product page from four subgraphs', async () => {
  walk.slug = shop.seed ? bestSeller(shop.seed) : ''
  const { data, errors } = await guest.ask(productPageQuery(walk.slug))
  expect(errors).toEqual([])
  const { product } = data
  const [variant] = product.variants.edges
  expect(variant.node.price.currencyCode).toBe('USD')
  expect(variant.node.availability.availableQuantity).toBeGreaterThan(0)
  expect(product.rating.count).toBe(
    product.rating.histogram.reduce((sum: number, stars: number) => sum + stars, 0),
  )
  expect(product.reviews.edges[0].node.author.displayName).toMatch(/\w/)
  expect(
    product.reviews.edges.map((edge: { node: { verifiedPurchase: boolean } }) => edge.node.verifiedPurchase),
  ).toContain(true)
})

test('a guest fills a cart', async () => {
  const ids = await guest.ask(
    `{ product(slug: "${walk.slug}") { id variants(first: 1) { edges { node { id } } } } }`,
  )
  walk.productId = ids.data.product.id
  walk.variantId = ids.data.product.variants.edges[0].node.id
  const { data, errors } = await guest.ask(
    `mutation($input: AddCartLineInput!) { addCartLine(input: $input) { ${CART} ${ERRORS} } }`,
    { input: { idempotencyKey: randomUUID(), variantId: walk.variantId, quantity: 2 } },
  )
  expect(errors).toEqual([])
  expect(data.addCartLine.userErrors).toEqual([])
  expect(data.addCartLine.cart.lines).toMatchObject([{ quantity: 2, variant: { id: walk.variantId } }])
  walk.cartId = data.addCartLine.cart.id
})

test('signed in, the customer takes over the guest cart', async () => {
  await signIn(guest, account)
  const { data, errors } = await guest.ask(
    `mutation($input: ClaimCartInput!) { claimCart(input: $input) { ${CART} ${ERRORS} } }`,
    { input: { idempotencyKey: randomUUID(), cartId: walk.cartId } },
  )
  expect(errors).toEqual([])
  expect(data.claimCart.userErrors).toEqual([])
  expect(data.claimCart.cart.lines).toMatchObject([{ quantity: 2, variant: { id: walk.variantId } }])
  const mine = await guest.ask('{ me { cart { id } } }')
  expect(mine.data.me.cart.id).toBe(data.claimCart.cart.id)
})

test('the customer places the order, paying exactly what was shown', async () => {
  walk.onHandBefore = (await stockLevels()).reduce((sum, { onHand }) => sum + onHand, 0)
  const address = {
    recipient: 'Lotte Aaker',
    line1: '7 Weaver Street',
    city: 'Leipzig',
    postalCode: '04109',
    countryCode: 'DE',
  }
  const saved = await guest.ask(
    `mutation($input: AddAddressInput!) { addAddress(input: $input) { address { id } ${ERRORS} } }`,
    { input: { idempotencyKey: randomUUID(), ...address } },
  )
  expect(saved.data.addAddress.userErrors).toEqual([])
  const input = await orderInput(guest, saved.data.addAddress.address.id)
  const place = () =>
    guest.ask(
      `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
        order { id number status grandTotal { amount currencyCode } } ${ERRORS} } }`,
      { input: { idempotencyKey: randomUUID(), ...input } },
    )
  // Orders receives the new address by an event; until then it refuses it.
  const placed = await waitUntil(place, (answer) => answer.data?.placeOrder?.order !== null)
  expect(placed.errors).toEqual([])
  expect(placed.data.placeOrder.order).toMatchObject({
    grandTotal: input.expectedTotal,
    number: expect.stringMatching(/^A-/),
  })
  walk.orderId = placed.data.placeOrder.order.id
})

test('the order is confirmed and its stock taken', async () => {
  const query = 'query($id: ID!) { order(id: $id) { status reservation { status } history { to } } }'
  const { data } = await waitUntil(
    () => guest.ask(query, { id: walk.orderId }),
    (answer) => answer.data.order.history.length >= 3,
  )
  expect(data.order).toMatchObject({ reservation: { status: 'COMMITTED' } })
  expect(data.order.history.slice(0, 3)).toEqual([
    { to: 'PENDING' },
    { to: 'AWAITING_PAYMENT' },
    { to: 'CONFIRMED' },
  ])
  const levels = await stockLevels()
  expect(levels.reduce((sum, { onHand }) => sum + onHand, 0)).toBe(walk.onHandBefore - 2)
  expect(levels.map(({ reserved }) => reserved)).toEqual(levels.map(() => 0))
})

test('a stranger does not see the order', async () => {
  const { data } = await shop
    .visitor()
    .ask('query($id: ID!) { order(id: $id) { status } }', { id: walk.orderId })
  expect(data.order).toBeNull()
})

test('the customer’s review shows as a verified purchase', async () => {
  const { data, errors } = await guest.ask(
    `mutation($input: SubmitReviewInput!) { submitReview(input: $input) { review { status verifiedPurchase } ${ERRORS} } }`,
    {
      input: {
        idempotencyKey: randomUUID(),
        productId: walk.productId,
        rating: 5,
        title: 'Warm at last',
        body: 'I wore them on a cold station platform and did not notice the cold.',
      },
    },
  )
  expect(errors).toEqual([])
  expect(data.submitReview).toEqual({
    review: { status: 'PUBLISHED', verifiedPurchase: true },
    userErrors: [],
  })
  const page = await shop
    .visitor()
    .ask(
      'query($id: ID!) { product(id: $id) { reviews(first: 1, sort: NEWEST) { edges { node { title verifiedPurchase author { displayName } } } } } }',
      { id: walk.productId },
    )
  expect(page.data.product.reviews.edges[0].node).toEqual({
    title: 'Warm at last',
    verifiedPurchase: true,
    author: { displayName: account.displayName },
  })
})

/** A visitor without an account, with their mutations, which must succeed, and their looks at an order. */
function aVisitor() {
  const visitor = shop.visitor()
  const run = async (name: string, shows: string, input: object) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
    const { data, errors } = await visitor.ask(
      `mutation ($input: ${type}) { ${name}(input: $input) { ${shows} ${ERRORS} } }`,
      { input: { idempotencyKey: randomUUID(), ...input } },
    )
    expect([errors, data?.[name]?.userErrors]).toEqual([[], []])
    return data[name]
  }
  const look = (of: { number: string; secret: string }, shows: string) =>
    visitor.ask(
      `query ($number: String!, $secret: String!) { guestOrder(number: $number, secret: $secret) { ${shows} } }`,
      { ...of },
    )
  return { visitor, run, look }
}

test('a guest orders, pays later, sees the payment’s second step, and cancels, by number and secret alone', async () => {
  const { visitor, run, look: lookAt } = aVisitor()
  const { cart } = await run('addCartLine', CART, { variantId: walk.variantId, quantity: 1 })
  const place = { countryCode: 'DE', postalCode: '04109' }
  const totals = `query ($id: ID!) { cart(id: $id) { totals(countryCode: "DE", postalCode: "04109") {
    grandTotal { amount currencyCode } } } }`
  const { grandTotal } = (await visitor.ask(totals, { id: cart.id })).data.cart.totals
  const { order, secret } = await run('placeGuestOrder', 'secret order { number payment { id } }', {
    cartId: cart.id,
    expectedCartVersion: cart.version,
    email: 'gus@example.com',
    address: { recipient: 'Gus Guest', line1: '7 Weaver Street', city: 'Leipzig', ...place },
    expectedTotal: grandTotal,
  })
  expect(order.payment).toBeNull()
  const which = { number: order.number, secret }
  const look = (shows: string, of = which) => lookAt(of, shows)
  const offered = await waitUntil(
    () => look('status payable shippingOptions { id price { amount } } shipments { id } returns { id }'),
    ({ data }) => data.guestOrder?.status === 'AWAITING_PAYMENT',
  )
  expect(offered).toMatchObject({
    errors: [],
    data: { guestOrder: { payable: true, shipments: [], returns: [] } },
  })
  const [{ id: shippingOptionId, price }] = offered.data.guestOrder.shippingOptions
  const amount = (Number(grandTotal.amount) + Number(price.amount)).toFixed(2)
  await run('payGuestOrder', 'order { payable }', {
    ...which,
    shippingOptionId,
    paymentMethodId: await addCard(visitor, SECOND_STEP),
    expectedTotal: { ...grandTotal, amount },
  })
  const PAYMENT = 'version payment { status nextAction { redirectUrl } method { label } }'
  const paying = await waitUntil(
    () => look(PAYMENT),
    ({ data }) => Boolean(data.guestOrder?.payment?.nextAction),
  )
  expect(paying).toMatchObject({
    errors: [],
    data: {
      guestOrder: {
        payment: {
          nextAction: { redirectUrl: expect.stringMatching(/^http/) },
          method: { label: expect.stringContaining('3220') },
        },
      },
    },
  })
  const wrong = await look(PAYMENT, { ...which, secret: `${secret}x` })
  expect(wrong).toMatchObject({ errors: [], data: { guestOrder: null } })
  await run('cancelGuestOrder', 'order { status }', {
    ...which,
    expectedVersion: paying.data.guestOrder.version,
  })
  const cancelled = await waitUntil(
    () => look('status payment { status } invoices { number }'),
    ({ data }) => data.guestOrder?.status === 'CANCELLED',
  )
  expect(cancelled.data.guestOrder).toEqual({
    status: 'CANCELLED',
    payment: { status: 'VOIDED' },
    invoices: [],
  })
})

test('a guest sees in a parcel what was bought, by the number and secret of the order', async () => {
  const { visitor, run, look } = aVisitor()
  const { cart } = await run('addCartLine', CART, { variantId: walk.variantId, quantity: 1 })
  const place = { countryCode: 'DE', postalCode: '04109' }
  const options = `query ($id: ID!) { cart(id: $id) { shippingOptions(countryCode: "DE", postalCode: "04109") { id } } }`
  const [{ id: shippingOptionId }] = (await visitor.ask(options, { id: cart.id })).data.cart.shippingOptions
  const totals = `query ($id: ID!, $option: ID) { cart(id: $id) {
    totals(countryCode: "DE", postalCode: "04109", shippingOptionId: $option) { grandTotal { amount currencyCode } } } }`
  const priced = await visitor.ask(totals, { id: cart.id, option: shippingOptionId })
  const { order, secret } = await run(
    'placeGuestOrder',
    'secret order { number lines { id titleAtPurchase } }',
    {
      cartId: cart.id,
      expectedCartVersion: cart.version,
      email: 'gus@example.com',
      address: { recipient: 'Gus Guest', line1: '7 Weaver Street', city: 'Leipzig', ...place },
      shippingOptionId,
      paymentMethodId: await addCard(visitor),
      expectedTotal: priced.data.cart.totals.grandTotal,
    },
  )
  const PARCELS = 'shipments { order { id } lines { quantity orderLine { id titleAtPurchase } } }'
  const packed = await waitUntil(
    () => look({ number: order.number, secret }, PARCELS),
    ({ data }) => data.guestOrder?.shipments.length > 0,
  )
  expect(packed).toMatchObject({
    errors: [],
    data: { guestOrder: { shipments: [{ lines: [{ quantity: 1, orderLine: order.lines[0] }] }] } },
  })
})

test('staff reduce stock until a low-stock alert is raised', async () => {
  const [level] = await stockLevels()
  if (!level) throw new Error('the variant lies in no warehouse')
  const { data, errors } = await staff.ask(
    `mutation($input: AdjustStockInput!) { adjustStock(input: $input) { stockLevel { onHand } ${ERRORS} } }`,
    {
      input: {
        idempotencyKey: randomUUID(),
        stockLevelId: level.id,
        delta: level.reorderPoint - level.onHand,
        reason: 'COUNT_CORRECTION',
        changeFromOnHand: level.onHand,
      },
    },
  )
  expect(errors).toEqual([])
  expect(data.adjustStock).toEqual({ stockLevel: { onHand: level.reorderPoint }, userErrors: [] })
  const alerts = await staff.ask(
    '{ lowStockAlerts(first: 1) { edges { node { state stockLevel { id } variant { sku } } } } }',
  )
  expect(alerts.errors).toEqual([])
  expect(alerts.data.lowStockAlerts.edges[0].node).toMatchObject({
    state: 'OPEN',
    stockLevel: { id: level.id },
  })
})

test('a customer is refused the mutations of staff', async () => {
  const { data, errors } = await guest.ask(
    '{ lowStockAlerts(first: 1) { edges { node { id } } } products(first: 1) { edges { node { slug } } } }',
  )
  expect(data.lowStockAlerts).toBeNull()
  expect(data.products.edges).toHaveLength(1)
  expect(errors).toMatchObject([{ path: ['lowStockAlerts'], extensions: { code: 'FORBIDDEN' } }])
})
