import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allRows } from './testing/all-rows.ts'
import { BAD_FIELDS } from './testing/bad-fields.ts'
import { ADDRESS } from './testing/bad-values.ts'
import { openOrders, type Shop, type ShownCart, type TestBuyer } from './testing/open-orders.ts'
import * as operations from './testing/operations.ts'

let shop: Shop
let buyer: TestBuyer
let stranger: TestBuyer
let ground: Record<string, string | number>
const clerk = staff('orders:read', 'orders:write')

type Input = Record<string, unknown>
type Name = keyof typeof MUTATIONS

const key = 'a-key-long-enough-for-guests'
const MUTATIONS = {
  addCartLine: {
    text: operations.ADD,
    good: (): Input => ({
      idempotencyKey: key,
      cartId: ground.cart,
      expectedVersion: 2,
      variantId: ground.variant,
      quantity: 1,
      currencyCode: 'USD',
    }),
  },
  updateCartLine: {
    text: operations.UPDATE,
    good: (): Input => ({ cartId: ground.cart, expectedVersion: 2, lineId: ground.line, quantity: 2 }),
  },
  removeCartLine: {
    text: operations.REMOVE,
    good: (): Input => ({ cartId: ground.cart, expectedVersion: 2, lineId: ground.line }),
  },
  clearCart: { text: operations.CLEAR, good: (): Input => ({ cartId: ground.cart, expectedVersion: 2 }) },
  acknowledgeCartPrices: {
    text: operations.ACKNOWLEDGE,
    good: (): Input => ({ cartId: ground.cart, expectedVersion: 2 }),
  },
  applyCoupon: {
    text: operations.APPLY,
    good: (): Input => ({ cartId: ground.cart, expectedVersion: 2, code: 'TEN' }),
  },
  removeCoupon: {
    text: operations.REMOVE_COUPON,
    good: (): Input => ({ cartId: ground.cart, expectedVersion: 2 }),
  },
  claimCart: {
    text: operations.CLAIM,
    good: (): Input => ({ idempotencyKey: key, cartId: ground.guestCart }),
  },
  placeOrder: {
    text: operations.PLACE,
    good: (): Input => ({
      idempotencyKey: key,
      cartId: ground.cart,
      expectedCartVersion: 2,
      shippingAddressId: ground.address,
      shippingOptionId: ground.option,
      paymentMethodId: ground.method,
      expectedTotal: { amount: '12.99', currencyCode: 'USD' },
    }),
  },
  payOrder: {
    text: operations.PAY,
    good: (): Input => ({
      idempotencyKey: key,
      orderId: ground.order,
      shippingOptionId: ground.orderOption,
      paymentMethodId: ground.method,
      expectedTotal: { amount: '12.99', currencyCode: 'USD' },
    }),
  },
  cancelOrder: {
    text: operations.CANCEL,
    good: (): Input => ({ idempotencyKey: key, orderId: ground.order, expectedVersion: 2 }),
  },
  createCoupon: {
    text: operations.CREATE_COUPON,
    good: (): Input => ({
      idempotencyKey: key,
      code: 'FRESH',
      percentBasisPoints: 100,
      minimumSubtotals: [{ amount: '1', currencyCode: 'EUR' }],
      startsAt: '2026-01-01T00:00:00Z',
      expiresAt: '2027-01-01T00:00:00Z',
      usageLimit: 1,
      usageLimitPerCustomer: 1,
    }),
  },
  placeGuestOrder: {
    text: operations.PLACE_AS_GUEST,
    good: (): Input => ({
      idempotencyKey: key,
      cartId: ground.otherGuestCart,
      expectedCartVersion: 2,
      email: 'ada@argyle.example',
      address: ADDRESS,
      shippingOptionId: ground.guestOption,
      paymentMethodId: ground.method,
      expectedTotal: { amount: '12.99', currencyCode: 'USD' },
    }),
  },
  payGuestOrder: {
    text: operations.PAY_AS_GUEST,
    good: (): Input => ({
      idempotencyKey: key,
      number: ground.number,
      secret: ground.secret,
      shippingOptionId: ground.guestOrderOption,
      paymentMethodId: ground.method,
      expectedTotal: { amount: '12.99', currencyCode: 'USD' },
    }),
  },
  cancelGuestOrder: {
    text: operations.CANCEL_AS_GUEST,
    good: (): Input => ({
      idempotencyKey: key,
      number: ground.number,
      secret: ground.secret,
      expectedVersion: 2,
    }),
  },
  setTaxCountry: {
    text: operations.SET_TAX_COUNTRY,
    good: (): Input => ({ idempotencyKey: key, countryCode: 'DE', pricesIncludeTax: true }),
  },
  setTaxRate: {
    text: operations.SET_TAX_RATE,
    good: (): Input => ({ idempotencyKey: key, countryCode: 'FR', region: 'Corse', percent: '8.5' }),
  },
  removeTaxRate: {
    text: operations.REMOVE_TAX_RATE,
    good: (): Input => ({ idempotencyKey: key, taxRateId: ground.taxRate, expectedVersion: 1 }),
  },
  assignTaxCategory: {
    text: operations.ASSIGN_TAX_CATEGORY,
    good: (): Input => ({ idempotencyKey: key, productCategoryId: ground.category, taxCategory: 'BOOKS' }),
  },
  deactivateCoupon: {
    text: operations.DEACTIVATE_COUPON,
    good: (): Input => ({ couponId: ground.coupon, expectedVersion: 1 }),
  },
}

beforeAll(async () => {
  shop = await openOrders()
  buyer = await shop.addBuyer()
  stranger = await shop.addBuyer()
  const sock = await shop.addSock()
  const ordered = await shop.fill(buyer.viewer, sock)
  const { order } = await shop.place(buyer, { shippingOptionId: null, paymentMethodId: null })
  const guestCart = await shop.fill(anonymous, sock)
  const theirs = await shop.fill(stranger.viewer, sock)
  const cart = await shop.fill(buyer.viewer, sock)
  const otherCart = await shop.fill(anonymous, sock)
  const unpaidCart = await shop.fill(anonymous, sock)
  const unpaid = await guestOrder(unpaidCart)
  const { coupon } = await shop.coupon({ code: 'TEN', percentBasisPoints: 1_000 })
  ground = {
    variant: sock.variantId,
    cart: cart.id,
    line: cart.lines[0]?.id ?? '',
    guestCart: guestCart.id,
    theirCart: theirs.id,
    address: buyer.addressId,
    theirAddress: stranger.addressId,
    order: order.id,
    coupon: coupon.id,
    otherGuestCart: otherCart.id,
    option: await shop.option(cart, buyer.addressId),
    orderOption: await shop.option(ordered, buyer.addressId),
    guestOption: await shop.option(otherCart, '', ADDRESS),
    method: newId('pmt'),
    number: unpaid.order.number,
    secret: unpaid.secret,
    guestOrderOption: await shop.option(unpaidCart, '', ADDRESS),
    category: newId('cat'),
    taxRate: await aTaxRate(),
  }
})
afterAll(() => shop.close())

/** A guest's order that waits for its payment. */
async function guestOrder({ id: cartId, version, total: expectedTotal }: ShownCart) {
  const input = { idempotencyKey: `${key}-2`, cartId, expectedCartVersion: version, expectedTotal }
  const guest = { email: 'eve@argyle.example', address: ADDRESS }
  const { data } = await shop.execute(operations.PLACE_AS_GUEST, { input: { ...input, ...guest } })
  return data.placeGuestOrder
}

/** A tax rate in France, where the shop raises tax. */
async function aTaxRate(): Promise<string> {
  const set = (text: string, input: object) =>
    shop.execute(text, { input: { idempotencyKey: newId('evt'), countryCode: 'FR', ...input } }, clerk)
  await set(operations.SET_TAX_COUNTRY, { pricesIncludeTax: true })
  const { data } = await set(operations.SET_TAX_RATE, { percent: '20' })
  return data.setTaxRate.taxRate.id
}

const BY_STAFF: readonly Name[] = [
  ...(['createCoupon', 'deactivateCoupon', 'assignTaxCategory'] as const),
  ...(['setTaxCountry', 'setTaxRate', 'removeTaxRate'] as const),
]

function viewerOf(name: Name): Viewer {
  if (/guest/i.test(name)) return anonymous
  return BY_STAFF.includes(name) ? clerk : buyer.viewer
}

async function send(name: Name, input: Input, viewer = viewerOf(name)) {
  const { data, errors } = await shop.execute(MUTATIONS[name].text, { input }, viewer)
  // biome-ignore lint/suspicious/noExplicitAny: assertions read the response by path
  return { payload: (data as any)?.[name] ?? null, errors }
}

/** Expects one typed error or BAD_USER_INPUT, no internal error, and no changed row. */
async function expectRefusal(name: Name, change: Input, shown: unknown) {
  const before = await allRows(shop.prisma)
  const { payload, errors } = await send(name, { ...MUTATIONS[name].good(), ...change })
  const refusals = payload === null ? errors : payload.userErrors
  expect(refusals.length).toBeGreaterThan(0)
  if (payload === null)
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => 'BAD_USER_INPUT'))
  const text = refusals.map(({ message }: { message: string }) => message).join('\n')
  if (shown !== undefined) expect(text).toContain(String(shown))
  expect(await allRows(shop.prisma)).toBe(before)
}

const CASES = Object.entries(BAD_FIELDS).flatMap(([name, fields]) =>
  Object.entries(fields).flatMap(([field, values]) =>
    values.map(([value, shown]): [string, string, string, unknown, unknown] => {
      const text = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)
      return [name, field, text, value, shown]
    }),
  ),
)

test.each(CASES)('%s: %s is %s', async (name, field, _, value, shown) => {
  // Object.keys of the table, whose keys are mutation names.
  await expectRefusal(name as Name, { [field]: value }, shown)
})

test.each<[Name, string, string]>([
  ['addCartLine', 'cartId', 'theirCart'],
  ['updateCartLine', 'cartId', 'theirCart'],
  ['removeCartLine', 'cartId', 'theirCart'],
  ['clearCart', 'cartId', 'theirCart'],
  ['applyCoupon', 'cartId', 'theirCart'],
  ['claimCart', 'cartId', 'theirCart'],
  ['placeOrder', 'cartId', 'theirCart'],
  ['placeGuestOrder', 'cartId', 'theirCart'],
  ['placeOrder', 'shippingAddressId', 'theirAddress'],
])('%s: %s is another customer’s', async (name, field, what) => {
  await expectRefusal(name, { [field]: ground[what] }, ground[what])
})

test('an input that is no object, or has a field too many, is refused', async () => {
  for (const name of Object.keys(MUTATIONS)) {
    for (const input of [null, 'text', 7, [], { ...MUTATIONS[name as Name].good(), price: '0.01' }]) {
      const { errors } = await shop.execute(MUTATIONS[name as Name].text, { input }, clerk)
      expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    }
  }
})

test('who is not signed in places, cancels and claims nothing', async () => {
  for (const name of ['placeOrder', 'payOrder', 'cancelOrder', 'claimCart'] as const) {
    const { payload, errors } = await send(name, MUTATIONS[name].good(), anonymous)
    expect([payload, errors[0]?.extensions?.code]).toEqual([null, 'UNAUTHENTICATED'])
  }
})

// Payment increments an order's version, so the inputs that cancel name version 2.
test('the good inputs, of which the bad ones are made, are taken', async () => {
  const order = [
    ...(['addCartLine', 'payOrder', 'cancelOrder', 'createCoupon', 'deactivateCoupon', 'claimCart'] as const),
    ...(['placeGuestOrder', 'payGuestOrder', 'cancelGuestOrder'] as const),
    ...(['setTaxCountry', 'setTaxRate', 'removeTaxRate', 'assignTaxCategory'] as const),
  ]
  for (const name of order)
    expect((await send(name, MUTATIONS[name].good())).payload).toMatchObject({ userErrors: [] })
  const actorId = clerk.kind === 'user' ? clerk.id : ''
  const noted = await shop.prisma.auditEntry.findMany({ where: { actorId } })
  // Changes by staff are in the audit log.
  expect(new Set(noted.map(({ action }) => action))).toEqual(new Set(BY_STAFF))
})
