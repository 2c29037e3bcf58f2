import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import { APPLY } from './testing/operations.ts'

let now = new Date('2026-11-21T09:00:00Z')
let shop: Shop
let sock: Sock

beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  sock = await shop.addSock()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const idOf = ({ viewer }: TestBuyer) => (viewer.kind === 'user' ? viewer.id : '')

/** Delivers the command that makes a coupon of 10 % for a customer. */
async function issue(buyer: TestBuyer, but: object = {}) {
  const couponId = newId('cpn')
  const code = `WARM-${couponId.slice(-8).toUpperCase()}`
  const expiresAt = new Date(now.getTime() + 86_400_000).toISOString()
  const data = { couponId, code, customerId: idOf(buyer), percentBasisPoints: 1_000, expiresAt, ...but }
  await shop.deliver('orders.issue_coupon', data)
  return data
}

/** Applies the coupon to a new cart of the buyer. Resolves to the payload. */
async function applied(code: string, { viewer }: TestBuyer) {
  const { id: cartId, version: expectedVersion } = await shop.fill(viewer, sock, 1)
  return (await shop.execute(APPLY, { input: { cartId, expectedVersion, code } }, viewer)).data.applyCoupon
}

test('its customer uses it, once', async () => {
  const ada = await shop.addBuyer()
  const { code } = await issue(ada)
  expect(await applied(code.toLowerCase(), ada)).toMatchObject({
    userErrors: [],
    cart: { discounts: [{ code }] },
  })
  const { order } = await shop.place(ada)
  expect(order).toMatchObject({ couponCode: code })
  const { userErrors } = await applied(code, ada)
  expect(userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['code'] }])
})

test('for another customer and a guest it is a code that does not exist', async () => {
  const [ada, bo] = [await shop.addBuyer(), await shop.addBuyer()]
  const { code } = await issue(ada)
  const unknown = await applied('NO-SUCH-CODE', bo)
  const foreign = await applied(code, bo)
  expect(foreign.cart).toBeNull()
  expect(foreign.userErrors).toEqual(
    unknown.userErrors.map((error: { message: string }) => ({
      ...error,
      message: error.message.replace('NO-SUCH-CODE', code),
    })),
  )
  const add = `mutation ($input: AddCartLineInput!) { addCartLine(input: $input) { cart { id version } } }`
  const input = { idempotencyKey: newId('key'), variantId: sock.variantId, quantity: 1 }
  const { id: cartId, version: expectedVersion } = (await shop.execute(add, { input })).data.addCartLine.cart
  const guest = (await shop.execute(APPLY, { input: { cartId, expectedVersion, code } })).data.applyCoupon
  expect(guest.userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['code'] }])
  expect((await applied(code, ada)).userErrors).toEqual([])
})

test('a repeated command has no effect, and one with the code of another coupon fails', async () => {
  const ada = await shop.addBuyer()
  const first = await issue(ada)
  await issue(ada, first)
  await expect(issue(ada, { code: first.code })).rejects.toThrow()
  const rows = await shop.prisma.coupon.findMany({ where: { customerId: idOf(ada) } })
  const limits = { usageLimit: 1, usageLimitPerCustomer: 1 }
  expect(rows).toMatchObject([{ id: first.couponId, code: first.code, ...limits, active: true }])
})

test.each([
  { code: 'a b' },
  { percentBasisPoints: 0 },
  { percentBasisPoints: 10_001 },
  { customerId: 'ada' },
  { couponId: 'cpn' },
  { expiresAt: 'soon' },
])('a command with %j is refused', async (but) => {
  const ada = await shop.addBuyer()
  await expect(issue(ada, but)).rejects.toThrow()
})

test('it ends, and staff find it by its code but not in the list', async () => {
  const ada = await shop.addBuyer()
  const { code } = await issue(ada)
  const query = `{ coupon(code: "${code}") { code customer { id } usageLimit } coupons(first: 100) { edges { node { code } } } }`
  const { data } = await shop.execute(query, {}, clerk)
  expect(data.coupon).toEqual({ code, customer: { id: idOf(ada) }, usageLimit: 1 })
  expect(JSON.stringify(data.coupons)).not.toContain(code)
  now = new Date(now.getTime() + 86_400_000)
  expect((await applied(code, ada)).userErrors).toMatchObject([{ path: ['code'] }])
})
