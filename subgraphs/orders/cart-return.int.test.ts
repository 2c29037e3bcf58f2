import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import { CANCEL, UPDATE } from './testing/operations.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const short = ({ variantId }: Sock, availableQuantity: number) => ({
  shortages: [{ variantId, requestedQuantity: 99, availableQuantity }],
})

/** Places an order of this buyer for three units of one sock and `quantity` of another. */
async function orderOfTwo(buyer: TestBuyer, quantity = 1) {
  const [plenty, scarce] = [await shop.addSock(), await shop.addSock()]
  await shop.fill(buyer.viewer, plenty, 3)
  await shop.fill(buyer.viewer, scarce, quantity)
  const { order } = await shop.place(buyer)
  return { order, plenty, scarce }
}

async function deliverAvailability({ variantId }: Sock, availableQuantity: number, sequence: number) {
  const data = { variantId, status: 'IN_STOCK', availableQuantity }
  await shop.deliver('inventory.availability.changed', data, { subject: variantId, sequence })
}

describe('an order that is refused for want of stock', () => {
  test('gives its cart back, with what is short marked', async () => {
    const buyer = await shop.addBuyer()
    const { order, plenty, scarce } = await orderOfTwo(buyer)
    expect(await shop.cart(buyer.viewer)).toBeNull()
    await shop.answer('rejected', order.id, short(scarce, 0))
    const cart = await shop.cart(buyer.viewer)
    expect(cart?.lines).toMatchObject([
      { quantity: 3, availableQuantity: null, variant: { id: plenty.variantId } },
      { quantity: 1, availableQuantity: 0, variant: { id: scarce.variantId } },
    ])
    await shop.answer('rejected', order.id, short(scarce, 0))
    // Stock that is reserved too late is released. The cart has the lines already.
    await shop.answer('reserved', order.id, { unpaid: true })
    expect((await shop.said(order.id)).at(-1)).toBe('inventory.release')
    expect(await shop.cart(buyer.viewer)).toEqual(cart)
  })

  test('gives it into the cart that was begun meanwhile', async () => {
    const buyer = await shop.addBuyer()
    const { order, plenty, scarce } = await orderOfTwo(buyer)
    const begun = await shop.fill(buyer.viewer, plenty, 2)
    await shop.answer('rejected', order.id, short(scarce, 0))
    const cart = await shop.cart(buyer.viewer)
    expect(cart).toMatchObject({ id: begun.id, version: begun.version + 1 })
    expect(cart?.lines.map(({ quantity }) => quantity)).toEqual([5, 1])
  })

  test('gives it into a cart in another currency at its prices, which have not changed', async () => {
    const buyer = await shop.addBuyer()
    const { order, scarce } = await orderOfTwo(buyer)
    await shop.fill(buyer.viewer, await shop.addSock(), 1, { currencyCode: 'EUR' })
    await shop.answer('rejected', order.id, short(scarce, 0))
    const lines = (await shop.cart(buyer.viewer))?.lines
    const price = { unitPrice: { amount: '11.99', currencyCode: 'EUR' }, priceChangedFrom: null }
    expect(lines).toMatchObject([price, price, price])
  })

  test('can be ordered again once the customer takes what there is', async () => {
    const buyer = await shop.addBuyer()
    const { order, scarce } = await orderOfTwo(buyer, 50)
    await shop.answer('rejected', order.id, short(scarce, 30))
    const cart = await shop.cart(buyer.viewer)
    const line = cart?.lines[1]
    expect(line?.availableQuantity).toBe(30)
    const input = { cartId: cart?.id, expectedVersion: cart?.version, lineId: line?.id, quantity: 30 }
    const changed = (await shop.execute(UPDATE, { input }, buyer.viewer)).data.updateCartLine.cart
    expect(changed.lines[1].availableQuantity).toBeNull()
    expect((await shop.place(buyer)).order).toMatchObject({ status: 'PENDING' })
  })

  test('shows the newer availability', async () => {
    const buyer = await shop.addBuyer()
    const { order, scarce } = await orderOfTwo(buyer, 9)
    await deliverAvailability(scarce, 20, 1)
    await shop.answer('rejected', order.id, short(scarce, 4))
    expect((await shop.cart(buyer.viewer))?.lines[1]?.availableQuantity).toBe(4)
    await deliverAvailability(scarce, 7, 2)
    const known = await shop.cart(buyer.viewer)
    expect([known?.lines[1]?.availableQuantity, known?.orderable]).toEqual([7, false])
    await deliverAvailability(scarce, 20, 3)
    const enough = await shop.cart(buyer.viewer)
    expect([enough?.lines[1]?.availableQuantity, enough?.orderable]).toEqual([null, true])
  })

  test('gives its coupon back too, and the use of it', async () => {
    const buyer = await shop.addBuyer()
    const code = `ONCE-${newId('key').slice(-12)}`
    await shop.coupon({ code, percentBasisPoints: 1_000, usageLimit: 1, usageLimitPerCustomer: 1 })
    const sock = await shop.addSock()
    await shop.fill(buyer.viewer, sock)
    await shop.apply(buyer, code)
    const { order } = await shop.place(buyer)
    await shop.answer('rejected', order.id, short(sock, 0))
    expect((await shop.cart(buyer.viewer))?.discounts).toMatchObject([
      { code: code.toUpperCase(), status: 'APPLICABLE' },
    ])
  })

  test('gives back what fits beside a hundred lines', async () => {
    const buyer = await shop.addBuyer()
    const { order, scarce } = await orderOfTwo(buyer)
    const begun = await shop.fill(buyer.viewer, await shop.addSock())
    const lines = Array.from({ length: 98 }, (_, index) => ({
      id: newId('cln'),
      cartId: begun.id,
      variantId: newId('var'),
      quantity: 1,
      seenMinor: 100n,
      position: index + 2,
    }))
    await shop.prisma.cartLine.createMany({ data: lines })
    await shop.answer('rejected', order.id, short(scarce, 0))
    expect((await shop.cart(buyer.viewer))?.lines).toHaveLength(100)
  })
})

test('an order whose cart was deleted meanwhile is cancelled without it', async () => {
  const buyer = await shop.addBuyer()
  const { order, scarce } = await orderOfTwo(buyer)
  const { cartId } = await shop.prisma.order.findUniqueOrThrow({ where: { id: order.id } })
  await shop.prisma.cart.delete({ where: { id: cartId } })
  await shop.answer('rejected', order.id, short(scarce, 0))
  expect((await shop.prisma.order.findUniqueOrThrow({ where: { id: order.id } })).status).toBe('CANCELLED')
  expect(await shop.cart(buyer.viewer)).toBeNull()
})

test('an order whose hold ran out gives its cart back', async () => {
  const buyer = await shop.addBuyer()
  const { order } = await orderOfTwo(buyer)
  await shop.answer('reserved', order.id)
  await shop.answer('expired', order.id)
  expect((await shop.cart(buyer.viewer))?.lines).toHaveLength(2)
})

test('an order to an address that was removed before gives its cart back', async () => {
  const buyer = await shop.addBuyer()
  const { order } = await orderOfTwo(buyer)
  const data = { addressId: buyer.addressId, userId: buyer.id }
  const time = new Date(Date.now() - 60_000).toISOString()
  await shop.deliver('users.address.removed', data, { subject: buyer.addressId, sequence: 2, time })
  await shop.answer('released', order.id)
  expect((await shop.cart(buyer.viewer))?.lines).toHaveLength(2)
})

test('an order that its customer cancels does not give its cart back', async () => {
  const buyer = await shop.addBuyer()
  const { order } = await orderOfTwo(buyer)
  const input = { idempotencyKey: newId('key'), orderId: order.id, expectedVersion: 1 }
  await shop.execute(CANCEL, { input }, buyer.viewer)
  await shop.answer('released', order.id)
  expect(await shop.cart(buyer.viewer)).toBeNull()
})

test('the dearest cart that can be filled can be read and ordered', async () => {
  const buyer = await shop.addBuyer()
  const prices = { USD: '999999999999', EUR: '999999999999', JPY: '999999999999' }
  const { id } = await shop.fill(buyer.viewer, await shop.addSock({ prices }), 99, { currencyCode: 'JPY' })
  const socks = await Promise.all(Array.from({ length: 99 }, () => shop.addSock({ prices })))
  const lines = socks.map(({ variantId }, index) => ({
    id: newId('cln'),
    cartId: id,
    variantId,
    quantity: 99,
    seenMinor: 999_999_999_999n,
    position: index + 2,
  }))
  await shop.prisma.cartLine.createMany({ data: lines })
  expect((await shop.cart(buyer.viewer))?.total.amount).toBe('9899999999990100')
  const { order, userErrors } = await shop.place(buyer)
  expect(userErrors).toEqual([])
  expect(order.grandTotal).toEqual({ amount: '9899999999990100', currencyCode: 'JPY' })
})
