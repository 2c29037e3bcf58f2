import { anonymous } from '@argyle/kit/identity'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import {
  APPLY,
  CANCEL,
  CLAIM,
  CREATE_COUPON,
  DEACTIVATE_COUPON,
  REMOVE_COUPON,
} from './testing/operations.ts'

let now = new Date('2026-11-21T09:00:00Z')
let shop: Shop
let sock: Sock

beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  sock = await shop.addSock()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['coupon ('])

const usd = (amount: string) => ({ amount, currencyCode: 'USD' })
const timesUsed = async (code: string) =>
  (await shop.prisma.coupon.findUniqueOrThrow({ where: { code } })).timesUsed

/** A buyer whose cart has three socks at 12.99 and this coupon. */
async function buyerWith(code: string): Promise<TestBuyer> {
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, sock, 3)
  await shop.apply(buyer, code)
  return buyer
}

/** Applies the coupon to a cart of three socks. Resolves to the payload. */
async function applied(code: string, buyer?: TestBuyer, quantity = 3) {
  const { viewer } = buyer ?? (await shop.addBuyer())
  const { id: cartId, version: expectedVersion } = await shop.fill(viewer, sock, quantity)
  return (await shop.execute(APPLY, { input: { cartId, expectedVersion, code } }, viewer)).data.applyCoupon
}

describe('a coupon', () => {
  test('in percent is taken off the total, and shared out over the lines exactly', async () => {
    await shop.coupon({ code: 'third', percentBasisPoints: 3_333 })
    const buyer = await shop.addBuyer()
    await shop.fill(buyer.viewer, sock, 1)
    await shop.fill(buyer.viewer, await shop.addSock({ prices: { USD: '850' } }), 1)
    await shop.fill(buyer.viewer, await shop.addSock({ prices: { USD: '1' } }), 1)
    await shop.apply(buyer, ' Third ')
    expect(await shop.cart(buyer.viewer)).toMatchObject({
      subtotal: usd('21.50'),
      discounts: [{ code: 'THIRD', status: 'APPLICABLE', amount: usd('7.17') }],
      total: usd('14.33'),
    })
    const { order } = await shop.place(buyer)
    expect(order).toMatchObject({ couponCode: 'THIRD', discountTotal: usd('7.17'), grandTotal: usd('14.33') })
    const shares = order.lines.map(({ discount }: { discount: { amount: string } }) => discount.amount)
    expect(shares).toEqual(['4.33', '2.84', '0.00'])
    expect(await timesUsed('THIRD')).toBe(1)
  })

  test('of fixed amounts is for its currencies only', async () => {
    await shop.coupon({ code: 'FIVE', fixedAmounts: [usd('5.00'), { amount: '700', currencyCode: 'JPY' }] })
    expect((await applied('FIVE')).cart.total).toEqual(usd('33.97'))
    const viewer = (await shop.addBuyer()).viewer
    const yen = await shop.fill(viewer, sock, 1, { currencyCode: 'JPY' })
    const input = { cartId: yen.id, expectedVersion: yen.version, code: 'FIVE' }
    const { data } = await shop.execute(APPLY, { input }, viewer)
    expect(data.applyCoupon.cart.total).toEqual({ amount: '1100', currencyCode: 'JPY' })
    const other = (await shop.addBuyer()).viewer
    const euro = await shop.fill(other, sock, 1, { currencyCode: 'EUR' })
    const wrong = { cartId: euro.id, expectedVersion: euro.version, code: 'FIVE' }
    const refused = (await shop.execute(APPLY, { input: wrong }, other)).data.applyCoupon
    expect(refused.userErrors).toMatchObject([{ couponStatus: 'WRONG_CURRENCY' }])
  })

  test('is that of its own cart, where several carts are read together', async () => {
    await shop.coupon({ code: 'TENTH', percentBasisPoints: 1_000 })
    const fixedAmounts = [usd('1.00'), { amount: '2.00', currencyCode: 'EUR' }]
    await shop.coupon({ code: 'FIXED', fixedAmounts })
    const ids: string[] = []
    for (const [code, currencyCode] of [
      ['TENTH', 'USD'],
      [null, 'USD'],
      ['FIXED', 'EUR'],
      ['FIXED', 'USD'],
    ]) {
      const { id, version } = await shop.fill(anonymous, sock, 1, { currencyCode })
      ids.push(id)
      const input = { cartId: id, expectedVersion: version, code }
      if (code) await shop.execute(APPLY, { input }, anonymous)
    }
    const carts = ids.map(
      (id, at) => `c${at}: cart(id: "${id}") { id discounts { code amount { amount currencyCode } } }`,
    )
    const { data } = await shop.execute(`{ ${carts.join(' ')} }`, {}, anonymous)
    expect(Object.values(data)).toEqual([
      { id: ids[0], discounts: [{ code: 'TENTH', amount: usd('1.30') }] },
      { id: ids[1], discounts: [] },
      { id: ids[2], discounts: [{ code: 'FIXED', amount: fixedAmounts[1] }] },
      { id: ids[3], discounts: [{ code: 'FIXED', amount: usd('1.00') }] },
    ])
  })

  test('that is not applicable is refused with the reason', async () => {
    await shop.coupon({ code: 'BIG', percentBasisPoints: 1_000, minimumSubtotals: [usd('39.00')] })
    expect(await applied('BIG')).toMatchObject({
      cart: null,
      userErrors: [{ __typename: 'CouponNotApplicableError', couponStatus: 'BELOW_MINIMUM' }],
    })
  })

  test('that stops applying stays on the cart and takes nothing off; the agreed total no longer holds', async () => {
    await shop.coupon({ code: 'SHORT', percentBasisPoints: 1_000, expiresAt: '2026-11-21T10:00:00Z' })
    const buyer = await buyerWith('SHORT')
    const agreed = await shop.cart(buyer.viewer)
    const before = now
    try {
      now = new Date('2026-11-21T10:00:00Z')
      expect(await shop.cart(buyer.viewer)).toMatchObject({
        discounts: [{ status: 'EXPIRED', amount: usd('0.00') }],
        total: usd('38.97'),
      })
      const { userErrors } = await shop.place(buyer, { expectedTotal: agreed?.total })
      expect(userErrors).toMatchObject([{ __typename: 'PriceChangedError', currentTotal: usd('38.97') }])
      expect((await shop.place(buyer)).order).toMatchObject({ couponCode: null, discountTotal: usd('0.00') })
    } finally {
      now = before
    }
  })

  test('comes off the cart again, and off a cart without one nothing comes', async () => {
    await shop.coupon({ code: 'OFF', percentBasisPoints: 1_000 })
    const { viewer } = await buyerWith('OFF')
    // A line that is added is discounted at once.
    const cart = await shop.fill(viewer, await shop.addSock())
    expect(cart.discounts).toMatchObject([{ code: 'OFF', status: 'APPLICABLE' }])
    const remove = async (expectedVersion?: number) =>
      (await shop.execute(REMOVE_COUPON, { input: { cartId: cart?.id, expectedVersion } }, viewer)).data
        .removeCoupon.cart
    const removed = await remove(cart?.version)
    expect(removed).toMatchObject({ discounts: [], total: usd('51.96') })
    expect(await remove(removed.version)).toEqual(removed)
  })
})

describe('uses are counted exactly', () => {
  test('under concurrent orders: never more than the limit, and the others are refused', async () => {
    await shop.coupon({ code: 'RUSH', percentBasisPoints: 1_000, usageLimit: 3 })
    const buyers = await Promise.all(Array.from({ length: 10 }, () => buyerWith('RUSH')))
    const answers = await shop.atOnce(
      buyers.map((buyer) => () => shop.place(buyer, { expectedTotal: usd('35.07') })),
    )
    const placed = answers.filter(({ order }) => order !== null)
    expect(placed).toHaveLength(3)
    const refusals = answers.flatMap(({ userErrors }) =>
      userErrors.map(({ __typename }: { __typename: string }) => __typename),
    )
    expect(refusals).toEqual(Array(7).fill('PriceChangedError'))
    expect(await timesUsed('RUSH')).toBe(3)
    expect(await applied('RUSH')).toMatchObject({ cart: null, userErrors: [{ path: ['code'] }] })
  })

  test('per customer', async () => {
    await shop.coupon({ code: 'ONCE', percentBasisPoints: 1_000, usageLimitPerCustomer: 1 })
    const buyer = await buyerWith('ONCE')
    await shop.place(buyer)
    expect(await applied('ONCE', buyer)).toMatchObject({
      userErrors: [{ couponStatus: 'CUSTOMER_LIMIT_REACHED' }],
    })
    expect((await shop.place(await buyerWith('ONCE'))).userErrors).toEqual([])
    expect(await timesUsed('ONCE')).toBe(2)
  })

  test('per customer, also of a coupon that came with the cart of a guest', async () => {
    await shop.coupon({ code: 'FIRST', percentBasisPoints: 1_000, usageLimitPerCustomer: 1 })
    const buyer = await buyerWith('FIRST')
    await shop.place(buyer)
    const guest = await shop.fill(anonymous, sock, 3)
    const { id: cartId, version: expectedVersion } = guest
    await shop.execute(APPLY, { input: { cartId, expectedVersion, code: 'FIRST' } })
    expect((await shop.cart(anonymous, cartId))?.discounts).toMatchObject([{ status: 'APPLICABLE' }])
    await shop.execute(CLAIM, { input: { idempotencyKey: 'k', cartId } }, buyer.viewer)
    expect(await shop.cart(buyer.viewer)).toMatchObject({
      discounts: [{ code: 'FIRST', status: 'CUSTOMER_LIMIT_REACHED', amount: usd('0.00') }],
      total: usd('38.97'),
    })
  })

  test('a cancelled order gives its use back, once', async () => {
    await shop.coupon({ code: 'BACK', percentBasisPoints: 1_000, usageLimit: 2, usageLimitPerCustomer: 1 })
    const buyer = await buyerWith('BACK')
    const { order } = await shop.place(buyer)
    const rejected = await buyerWith('BACK')
    const { order: other } = await shop.place(rejected)
    expect(await timesUsed('BACK')).toBe(2)
    await shop.execute(
      CANCEL,
      { input: { idempotencyKey: 'k', orderId: order.id, expectedVersion: 1 } },
      buyer.viewer,
    )
    expect(await timesUsed('BACK')).toBe(2)
    await shop.answer('released', order.id)
    await shop.answer('released', order.id)
    expect(await timesUsed('BACK')).toBe(1)
    await shop.answer('rejected', other.id)
    expect(await timesUsed('BACK')).toBe(0)
    expect((await applied('BACK', buyer)).userErrors).toEqual([])
  })
})

describe('staff', () => {
  test('make a coupon once per key, and no code twice', async () => {
    const input = { idempotencyKey: 'make', code: 'New-1', percentBasisPoints: 500, usageLimit: 9 }
    const first = await shop.coupon(input)
    const fresh = { timesUsed: 0, active: true, version: 1 }
    const none = { fixedAmounts: [], minimumSubtotals: [], startsAt: null, expiresAt: null }
    expect(first.coupon).toEqual({
      ...{ id: first.coupon.id, code: 'NEW-1', percentBasisPoints: 500, ...none },
      ...{ usageLimit: 9, usageLimitPerCustomer: null, ...fresh },
    })
    expect((await shop.coupon(input)).coupon).toEqual(first.coupon)
    expect((await shop.coupon({ ...input, usageLimit: 8 })).userErrors).toMatchObject([
      { __typename: 'IdempotencyKeyReusedError' },
    ])
    const taken = await shop.coupon({ code: 'new-1', percentBasisPoints: 1 })
    expect(taken).toMatchObject({
      coupon: null,
      userErrors: [{ __typename: 'CouponCodeTakenError', path: ['code'] }],
    })
    const yen = (amount: string) => ({ amount, currencyCode: 'JPY' })
    const terms = {
      ...{ fixedAmounts: [usd('5.00'), yen('700')], minimumSubtotals: [usd('20.00'), yen('3000')] },
      ...{ startsAt: '2026-11-20T00:00:00.000Z', expiresAt: '2026-12-24T00:00:00.000Z' },
      ...{ usageLimit: 9, usageLimitPerCustomer: 2 },
    }
    const { coupon } = await shop.coupon({ code: 'Whole', ...terms })
    expect(coupon).toEqual({ id: coupon.id, code: 'WHOLE', percentBasisPoints: null, ...terms, ...fresh })
  })

  test('end a coupon: it takes nothing off from then on', async () => {
    const { coupon } = await shop.coupon({ code: 'ENDS', percentBasisPoints: 500 })
    const buyer = await buyerWith('ENDS')
    await shop.coupon({ code: 'NEWER', percentBasisPoints: 500 })
    const end = async (expectedVersion: number) => {
      const { data } = await shop.execute(
        DEACTIVATE_COUPON,
        { input: { couponId: coupon.id, expectedVersion } },
        clerk,
      )
      return data.deactivateCoupon
    }
    expect((await end(7)).userErrors).toMatchObject([
      { __typename: 'VersionConflictError', currentVersion: 1 },
    ])
    expect((await end(1)).coupon).toEqual({ ...coupon, active: false, version: 2 })
    expect((await end(2)).coupon).toEqual({ ...coupon, active: false, version: 2 })
    expect(await shop.prisma.coupon.findUnique({ where: { code: 'NEWER' } })).toMatchObject({ active: true })
    expect(await shop.cart(buyer.viewer)).toMatchObject({
      discounts: [{ status: 'INACTIVE' }],
      total: usd('38.97'),
    })
  })

  test('read coupons, the newest first', async () => {
    const list = `query ($after: String) { coupons(first: 3, after: $after) { edges { node { code } } pageInfo { hasNextPage endCursor } } }`
    // All were created at one instant: their ids decide.
    await shop.prisma.coupon.updateMany({ data: { createdAt: new Date() } })
    await shop.prisma.$executeRaw`ANALYZE coupon`
    const codes: string[] = []
    let after: string | null = null
    do {
      const { data } = await shop.execute(list, { after }, clerk)
      codes.push(...data.coupons.edges.map(({ node }: { node: { code: string } }) => node.code))
      after = data.coupons.pageInfo.hasNextPage ? data.coupons.pageInfo.endCursor : null
    } while (after)
    const newestFirst = await shop.prisma.coupon.findMany({ orderBy: { id: 'desc' } })
    expect(codes).toEqual(newestFirst.map(({ code }) => code))
    const { data } = await shop.execute(
      '{ coupon(code: " five ") { code fixedAmounts { amount } } }',
      {},
      clerk,
    )
    expect(data.coupon).toEqual({ code: 'FIVE', fixedAmounts: [{ amount: '5.00' }, { amount: '700' }] })
  })

  test('without the scope, and customers, may do none of it', async () => {
    const input = { idempotencyKey: 'x', code: 'MINE', percentBasisPoints: 10_000 }
    const { viewer } = await shop.addBuyer()
    for (const [who, code] of [
      [viewer, 'FORBIDDEN'],
      [staff('orders:read'), 'FORBIDDEN'],
      [anonymous, 'UNAUTHENTICATED'],
    ] as const) {
      const { data, errors } = await shop.execute(CREATE_COUPON, { input }, who)
      expect([data.createCoupon, errors[0]?.extensions?.code]).toEqual([null, code])
    }
    const { data, errors } = await shop.execute('{ coupon(code: "FIVE") { code } }', {}, viewer)
    expect([data.coupon, errors[0]?.extensions?.code]).toEqual([null, 'FORBIDDEN'])
  })
})
