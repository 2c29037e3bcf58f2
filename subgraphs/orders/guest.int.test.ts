import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GUESTS_PER_ADDRESS, PER_NUMBER } from './guest/guest-store.ts'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import { APPLY, GUEST_ORDER, ORDER, PLACE_AS_GUEST } from './testing/operations.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const address = {
  recipient: 'Gus Guest',
  line1: '7 Weaver Street',
  city: 'Leipzig',
  postalCode: '04109',
  countryCode: 'de',
}

/** The input of placeGuestOrder for a guest with one sock in the cart. */
async function wish(email = `${newId('evt')}@argyle.example`) {
  const cart = await shop.fill(anonymous, await shop.addSock())
  return {
    idempotencyKey: newId('evt'),
    cartId: cart.id,
    expectedCartVersion: cart.version,
    expectedTotal: cart.total,
    email,
    address,
    shippingOptionId: await shop.option(cart, '', { countryCode: 'DE', postalCode: '04109' }),
    paymentMethodId: newId('pmt'),
  }
}

async function place(input: object) {
  const { data, errors } = await shop.execute(PLACE_AS_GUEST, { input })
  expect(errors).toEqual([])
  return data.placeGuestOrder
}

/** Runs guestOrder, by default from a client address of its own. Resolves to the response. */
let callers = 0
async function look(number: string, secret: string, clientAddress = `198.51.100.${++callers}`) {
  const { data, errors } = await shop.execute(GUEST_ORDER, { number, secret }, anonymous, { clientAddress })
  return { order: data.guestOrder, code: errors[0]?.extensions?.code }
}

describe('a guest', () => {
  test('orders without an account, and looks at the order by its number and secret', async () => {
    const { order, secret, userErrors } = await place(await wish())
    expect(userErrors).toEqual([])
    expect(order).toMatchObject({
      status: 'PENDING',
      customer: null,
      shippingAddress: { recipient: 'Gus Guest', countryCode: 'DE', region: null },
    })
    expect(secret).toMatch(/^[\w-]{43}$/)
    await shop.answer('reserved', order.id)
    await shop.answer('committed', order.id)
    expect((await look(order.number, secret)).order).toMatchObject({ id: order.id, status: 'CONFIRMED' })
    expect((await shop.execute(ORDER, { id: order.id }, clerk)).data.order).toMatchObject({ id: order.id })
    // The id of a guest's method shows the card to whoever knows it.
    const METHOD = 'query ($id: ID!) { order(id: $id) { paymentMethod { id } } }'
    const methodAs = async (viewer: Viewer) =>
      (await shop.execute(METHOD, { id: order.id }, viewer)).data.order.paymentMethod
    expect(await methodAs(staff('orders:read'))).toBeNull()
    expect(await methodAs(staff('orders:read', 'payments:read'))).toEqual({
      id: expect.stringMatching(/^pmt_/),
    })
    const reserve = (await shop.outbox()).find(({ subject }) => subject === order.id)
    expect(reserve?.data).toMatchObject({ customerId: null })
  })

  test('who sends the same again gets the same order and secret; who sends another input does not', async () => {
    const input = await wish()
    const first = await place(input)
    expect(await place(input)).toEqual(first)
    expect(await place({ ...input, email: 'other@argyle.example' })).toMatchObject({
      order: null,
      secret: null,
      userErrors: [{ __typename: 'IdempotencyKeyReusedError' }],
    })
  })

  test('finds the cart again when the shop cancels the order', async () => {
    const input = await wish()
    const { order } = await place(input)
    await shop.answer('rejected', order.id, { shortages: [] })
    const cart = await shop.cart(anonymous, input.cartId)
    expect(cart).toMatchObject({ id: input.cartId, lines: [{ quantity: 1 }] })
    const again = { ...input, idempotencyKey: newId('evt'), expectedCartVersion: cart?.version }
    const { order: second } = await place(again)
    expect(second).toMatchObject({ status: 'PENDING' })
    // A refusal after a newer availability counts until the next one.
    const variantId = cart?.lines[0]?.variant.id ?? ''
    const enough = { variantId, status: 'IN_STOCK', availableQuantity: 20 }
    await shop.deliver('inventory.availability.changed', enough, { subject: variantId, sequence: 2 })
    const shortages = [{ variantId, requestedQuantity: 1, availableQuantity: 0 }]
    await shop.answer('rejected', second.id, { shortages })
    expect(await shop.cart(anonymous, input.cartId)).toMatchObject({ lines: [{ availableQuantity: 0 }] })
  })

  test('cannot order a cart of a customer', async () => {
    const { viewer } = await shop.addBuyer()
    const theirs = await shop.fill(viewer, await shop.addSock())
    const input = { ...(await wish()), cartId: theirs.id, expectedCartVersion: theirs.version }
    expect((await place(input)).userErrors).toMatchObject([{ path: ['cartId'] }])
  })
})

describe('the secret', () => {
  test('is kept as a hash alone, and the idempotency key too', async () => {
    const input = await wish()
    const { secret } = await place(input)
    const tables = ['orders', 'idempotency_record', 'outbox_message', 'order_step', 'audit_entry']
    for (const table of tables) {
      const rows = await shop.prisma.$queryRawUnsafe(`SELECT to_jsonb(t)::text AS row FROM ${table} t`)
      expect(JSON.stringify(rows)).not.toContain(secret)
      expect(JSON.stringify(rows)).not.toContain(input.idempotencyKey)
    }
  })

  test('of another order, a wrong one and a number that is none are answered alike', async () => {
    const [mine, other] = [await place(await wish()), await place(await wish())]
    const wrong = `${mine.secret.slice(0, -1)}${mine.secret.endsWith('A') ? 'B' : 'A'}`
    for (const [number, secret] of [
      [mine.order.number, other.secret],
      [mine.order.number, wrong],
      [mine.order.number, ''],
      ['A-0000-0000', mine.secret],
      ['nonsense', mine.secret],
      ['\u0000', '\u0000'],
    ])
      expect(await look(number ?? '', secret ?? '')).toEqual({ order: null, code: undefined })
  })

  test('of an order of a customer there is none', async () => {
    const { number } = await shop.order(await shop.addBuyer())
    expect(await look(number, '')).toEqual({ order: null, code: undefined })
  })

  test('cannot be guessed: tries in vain are counted for each number and for each address', async () => {
    const { order, secret } = await place(await wish())
    const { number } = order
    for (let tries = 0; tries < PER_NUMBER.burst; tries++)
      expect((await look(number, `wrong ${tries}`)).code).toBeUndefined()
    expect(await look(number, secret)).toEqual({ order: null, code: 'RATE_LIMITED' })
    now = new Date(now.getTime() + PER_NUMBER.everyMs)
    expect((await look(number, secret)).order).toMatchObject({ number })
    // Successful attempts are not counted.
    for (let tries = 0; tries < 2 * PER_NUMBER.burst; tries++) await look(number, secret)
    expect((await look(number, secret)).order).toMatchObject({ number })

    const [here, made] = ['203.0.113.9', (index: number) => `made up ${index}`]
    for (let tries = 0; tries < GUESTS_PER_ADDRESS.burst; tries++)
      expect((await look(made(tries), 'x', here)).code).toBeUndefined()
    // Beyond the limit of their address, invented numbers are not stored.
    const stored = await shop.prisma.throttle.count()
    expect((await look('invented', 'x', here)).code).toBe('RATE_LIMITED')
    expect(await shop.prisma.throttle.count()).toBe(stored)
  })
})

describe('an account that proves the e-mail', () => {
  const verified = (userId: string, email: string) =>
    shop.deliver('users.email.verified', { userId, email }, { subject: userId })

  test('has the orders that were placed with it before, and no others', async () => {
    const email = `${newId('evt')}@argyle.example`
    const { order, secret } = await place(await wish(` ${email.toUpperCase()} `))
    const { order: other } = await place(await wish())
    const userId = newId('usr')
    await shop.answer('reserved', order.id, { unpaid: true })
    await verified(userId, ` ${email.toUpperCase()} `)
    await verified(userId, email)
    const seen = async (id: string) =>
      (await shop.execute(ORDER, { id }, customer(userId))).data.order?.customer?.id ?? null
    expect([await seen(order.id), await seen(other.id)]).toEqual([userId, null])
    expect((await look(order.number, secret)).order).toMatchObject({ id: order.id })
    const claims = (await shop.outbox()).filter(({ type }) => type === 'orders.order.claimed')
    const data = { orderId: order.id, number: order.number, customerId: userId }
    expect(claims).toMatchObject([{ subject: order.id, sequence: 2, data }])
    // The cart of a cancelled order comes back to its account.
    await shop.answer('expired', order.id, { unpaid: true })
    await shop.deliver('payments.payment.voided', { orderId: order.id }, { subject: order.id })
    expect(await shop.cart(customer(userId))).toMatchObject({ lines: [{ quantity: 1 }] })
  })

  test('has used a coupon that was used as a guest', async () => {
    await shop.coupon({ code: 'ONCE', percentBasisPoints: 1_000, usageLimitPerCustomer: 1 })
    const email = `${newId('evt')}@argyle.example`
    const order = async () => {
      const cart = await shop.fill(anonymous, await shop.addSock())
      const input = { cartId: cart.id, expectedVersion: cart.version, code: 'ONCE' }
      const { data } = await shop.execute(APPLY, { input })
      const { version: expectedCartVersion, total: expectedTotal } = data.applyCoupon.cart
      const option = await shop.option(cart, '', { countryCode: 'DE', postalCode: '04109' })
      const mine = { cartId: cart.id, expectedCartVersion, expectedTotal, shippingOptionId: option }
      return place({ ...(await wish(email)), ...mine })
    }
    expect((await order()).order).toMatchObject({ couponCode: 'ONCE' })
    // A guest cart has no customer, so the use of the coupon is discovered only when the order is saved.
    expect((await order()).userErrors).toMatchObject([{ __typename: 'PriceChangedError' }])
    const userId = newId('usr')
    await verified(userId, email)
    expect(await shop.prisma.couponRedemption.count({ where: { customerId: userId } })).toBe(1)
  })
})
