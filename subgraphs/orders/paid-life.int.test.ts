import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { CANCEL, ORDER, TOTALS } from './testing/operations.ts'
import { QUOTE_KEY } from './testing/quotes.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders (', 'quote_key ('])

const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

type Order = { id: string; number: string; version: number; lines: { id: string; quantity: number }[] }

/** Places an order for three units at 12.99 with 4.90 for shipping. */
async function anOrder(buyer: TestBuyer): Promise<Order> {
  const cart = await shop.fill(buyer.viewer, await shop.addSock(), 3)
  const shippingOptionId = await shop.option(cart, buyer.addressId, { amountMinor: '490' })
  const expectedTotal = { amount: '43.87', currencyCode: 'USD' }
  const { order, userErrors } = await shop.place(buyer, { shippingOptionId, expectedTotal })
  expect(userErrors).toEqual([])
  return order
}

async function confirmed(buyer: TestBuyer): Promise<Order> {
  const order = await anOrder(buyer)
  await shop.answer('reserved', order.id)
  await shop.answer('committed', order.id)
  return order
}

const deliver = (type: string, orderId: string, data: object) =>
  shop.deliver(type, { orderId, ...data }, { subject: orderId })

const parcel = (what: string, orderId: string, index = 1, parcelCount = 1) =>
  deliver(`shipping.shipment.${what}`, orderId, { shipmentId: `shp_${index}`, parcelCount, lines: [] })

const refunded = (orderId: string, refundId: string, amount: string, total: string) =>
  deliver('payments.payment.refunded', orderId, { refundId, amount: usd(amount), refundedTotal: usd(total) })

async function read(id: string) {
  const { data, errors } = await shop.execute(ORDER, { id }, clerk)
  expect(errors).toEqual([])
  return data.order
}

/** The latest command of a type about an order. */
async function sent(orderId: string, type: string) {
  const rows = (await shop.outbox()).filter((row) => row.subject === orderId && row.type === type)
  // The data of each command is an object.
  return rows.at(-1)?.data as Record<string, unknown> | undefined
}

async function cancel(viewer: TestBuyer['viewer'], orderId: string, expectedVersion: number) {
  const input = { idempotencyKey: newId('evt'), orderId, expectedVersion }
  return (await shop.execute(CANCEL, { input }, viewer)).data.cancelOrder
}

test('an order goes from its payment to its last parcel, and its history has each step', async () => {
  const buyer = await shop.addBuyer()
  const { id } = await anOrder(buyer)
  await shop.answer('reserved', id, { unpaid: true })
  expect(await sent(id, 'payments.authorize')).toMatchObject({
    orderId: id,
    customerId: buyer.id,
    amount: usd('4387'),
    paymentMethodId: expect.stringMatching(/^pmt_/),
  })
  await deliver('payments.payment.action_required', id, { expiresAt: '2026-11-21T09:10:00.000Z' })
  await deliver('payments.payment.authorized', id, {})
  await shop.answer('committed', id)
  expect(await sent(id, 'shipping.create')).toMatchObject({
    rateId: 'rat_1',
    address: { recipient: 'Ada Lund', countryCode: 'NO' },
    parcels: [{ warehouseCode: 'LEI-1', lines: [{ quantity: 3, weightGrams: 60 }] }],
  })
  for (const index of [1, 2]) await parcel('created', id, index, 2)
  expect(await read(id)).toMatchObject({ status: 'FULFILLING' })
  await parcel('dispatched', id, 1, 2)
  await parcel('delivered', id, 1, 2)
  expect(await read(id)).toMatchObject({ status: 'SHIPPED' })
  await parcel('delivered', id, 2, 2)
  await parcel('dispatched', id, 2, 2)
  expect(await read(id)).toMatchObject({
    status: 'DELIVERED',
    shippingTotal: { amount: '4.90' },
    grandTotal: { amount: '43.87' },
    refundedTotal: { amount: '0.00' },
  })
  const { data } = await shop.execute(
    `{ order(id: "${id}") { paymentMethod { id } history { to steps { text } } } }`,
    {},
    buyer.viewer,
  )
  const told = data.order.history.map((change: { to: string; steps: { text: string }[] }) => [
    change.to,
    ...change.steps.map(({ text }) => text),
  ])
  expect(told).toEqual([
    ['PENDING', 'The order is placed. Its stock is being reserved.'],
    [
      'AWAITING_PAYMENT',
      'Stock is reserved. The payment is being authorized.',
      'The bank requires the customer to authenticate the payment by 2026-11-21T09:10:00.000Z.',
      'The payment of 43.87 USD is authorized. The stock is being allocated.',
      'The stock is allocated from LEI-1. The payment is being captured.',
    ],
    ['CONFIRMED', '43.87 USD was captured. Shipping is asked to create the parcels.'],
    ['FULFILLING', 'Parcel shp_1 (one of 2) is being packed.', 'Parcel shp_2 (one of 2) is being packed.'],
    ['SHIPPED', 'Parcel shp_1 (one of 2) was shipped.', 'Parcel shp_1 (one of 2) was delivered.'],
    ['DELIVERED', 'Parcel shp_2 (one of 2) was delivered.'],
  ])
})

describe('a payment', () => {
  test.each([
    ['card_declined', 'PAYMENT_DECLINED'],
    ['action_timeout', 'PAYMENT_TIMEOUT'],
    ['fraudulent', 'FRAUD'],
  ])('that is declined as %s cancels the order: %s', async (code, cancelReason) => {
    const buyer = await shop.addBuyer()
    const { id } = await anOrder(buyer)
    await shop.answer('reserved', id, { unpaid: true })
    await deliver('payments.payment.declined', id, { code, message: 'The bank said no', retryable: false })
    expect(await read(id)).toMatchObject({ status: 'CANCELLING', cancelReason })
    await shop.answer('released', id, { unpaid: true })
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', cancelReason })
    const cart = await shop.cart(buyer.viewer)
    expect(cart?.lines.map(({ quantity }) => quantity)).toEqual(code === 'fraudulent' ? undefined : [3])
  })

  test('that does not come within 12 minutes is given up, and both are waited for', async () => {
    const { id } = await anOrder(await shop.addBuyer())
    await shop.answer('reserved', id, { unpaid: true })
    const before = now
    try {
      now = new Date(before.getTime() + 12 * 60_000)
      await shop.runTimer('resume-sagas')
    } finally {
      now = before
    }
    expect((await shop.said(id)).slice(-2)).toEqual(['inventory.release', 'payments.void'])
    await deliver('payments.payment.voided', id, {})
    expect(await read(id)).toMatchObject({ status: 'CANCELLING', cancelReason: 'PAYMENT_TIMEOUT' })
    await shop.answer('released', id, { unpaid: true })
    expect(await read(id)).toMatchObject({ status: 'CANCELLED' })
  })
})

describe('cancelling after the payment', () => {
  test('asks shipping, pays back and puts back', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await confirmed(buyer)
    expect((await cancel(buyer.viewer, id, 3)).order).toMatchObject({ status: 'CANCELLING' })
    await deliver('shipping.order.cancelled', id, {})
    expect((await shop.said(id)).slice(-2)).toEqual(['inventory.restock', 'payments.refund'])
    const command = await sent(id, 'payments.refund')
    expect(command).toMatchObject({ amount: usd('4387') })
    await refunded(id, String(command?.refundId), '4387', '4387')
    await deliver('inventory.stock.restocked', id, { restockId: 'cancel', lines: [] })
    expect(await read(id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'CUSTOMER_REQUEST',
      refundedTotal: { amount: '43.87' },
    })
  })

  test('waits for staff once its refund has failed 20 times, and is complete with their refund', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await confirmed(buyer)
    await cancel(buyer.viewer, id, 3)
    await deliver('shipping.order.cancelled', id, {})
    await deliver('inventory.stock.restocked', id, { restockId: 'cancel', lines: [] })
    const before = now
    try {
      for (let attempt = 1; attempt <= 20; attempt++) {
        const { refundId } = (await sent(id, 'payments.refund')) ?? {}
        expect(refundId).toBe(`${id}:cancel${attempt === 1 ? '' : `:${attempt}`}`)
        const failure = { refundId, code: 'account_closed', message: 'It is closed.' }
        await deliver('payments.refund.failed', id, failure)
        now = new Date(now.getTime() + 5 * 60_000)
        await shop.runTimer('resume-sagas')
      }
    } finally {
      now = before
    }
    expect((await shop.said(id)).filter((type) => type === 'payments.refund')).toHaveLength(20)
    expect(await read(id)).toMatchObject({ status: 'CANCELLING' })
    await refunded(id, 'rfk_1', '4387', '4387')
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', refundedTotal: { amount: '43.87' } })
  })

  test('waits for staff where its refund is not all, since an earlier one failed afterwards', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await confirmed(buyer)
    const failed = {
      refundId: 'rfk_1',
      amount: usd('1000'),
      code: 'account_closed',
      message: 'It is closed.',
    }
    await refunded(id, 'rfk_1', '1000', '1000')
    await cancel(buyer.viewer, id, 3)
    await deliver('shipping.order.cancelled', id, {})
    await deliver('inventory.stock.restocked', id, { restockId: 'cancel', lines: [] })
    await deliver('payments.refund.reversed', id, {
      ...failed,
      ...{ refundedTotal: usd('0'), reversedTotal: usd('1000') },
    })
    const command = await sent(id, 'payments.refund')
    expect(command).toMatchObject({ amount: usd('3387') })
    const refund = (refundId: unknown, amount: string, total: string) =>
      deliver('payments.payment.refunded', id, {
        ...{ refundId, amount: usd(amount), refundedTotal: usd(total), reversedTotal: usd('1000') },
      })
    await refund(command?.refundId, '3387', '3387')
    expect(await read(id)).toMatchObject({ status: 'CANCELLING', refundedTotal: { amount: '33.87' } })
    await refund('rfk_2', '1000', '4387')
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', refundedTotal: { amount: '43.87' } })
  })

  test('comes to nothing when a parcel has left, and history says so', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await confirmed(buyer)
    await parcel('created', id)
    await cancel(buyer.viewer, id, 4)
    await deliver('shipping.order.cancel_refused', id, { shipmentId: 'shp_1', status: 'IN_TRANSIT' })
    expect(await read(id)).toMatchObject({ status: 'SHIPPED', cancelReason: null })
    expect((await cancel(buyer.viewer, id, 6)).userErrors).toMatchObject([{ status: 'SHIPPED' }])
  })

  test('by staff is theirs in history and in the book', async () => {
    const { id } = await confirmed(await shop.addBuyer())
    const actor = staff('orders:write')
    expect((await cancel(actor, id, 3)).order).toBeDefined()
    expect((await read(id)).history.at(-1)).toMatchObject({ to: 'CANCELLING', actor: 'staff' })
    const book = await shop.prisma.auditEntry.findMany({ where: { subjectId: id } })
    expect(book).toMatchObject([{ action: 'cancelOrder', actorId: actor.kind === 'user' && actor.id }])
  })
})

describe('what comes back', () => {
  test('two of three pairs are paid back at what was paid for them, then the third, and the order is refunded', async () => {
    const { id, lines } = await confirmed(await shop.addBuyer())
    await parcel('created', id)
    await parcel('delivered', id)
    const [line] = lines
    const { variantId } = await shop.prisma.orderLine.findFirstOrThrow({ where: { orderId: id } })
    const back = (returnId: string, quantity: number) =>
      deliver('shipping.return.received', id, {
        returnId,
        lines: [{ orderLineId: line?.id, variantId, quantity, restock: true, warehouseId: 'whs_1' }],
      })
    await back('ret_1', 2)
    expect(await sent(id, 'payments.refund')).toMatchObject({ refundId: 'ret_1', amount: usd('2598') })
    expect(await sent(id, 'inventory.restock')).toEqual({
      orderId: id,
      restockId: 'ret_1',
      lines: [{ variantId, quantity: 2, warehouseId: 'whs_1' }],
    })
    await refunded(id, 'ret_1', '2598', '2598')
    await deliver('inventory.stock.restocked', id, { restockId: 'ret_1', lines: [] })
    expect(await sent(id, 'orders.return.refunded')).toEqual({
      orderId: id,
      returnId: 'ret_1',
      amount: usd('2598'),
      reversals: 0,
    })
    expect(await read(id)).toMatchObject({ status: 'DELIVERED', refundedTotal: { amount: '25.98' } })
    // The returned quantity exceeds the rest, so only the rest is refunded, without shipping.
    await back('ret_2', 5)
    expect(await sent(id, 'payments.refund')).toMatchObject({ refundId: 'ret_2', amount: usd('1299') })
    await refunded(id, 'ret_2', '1299', '3897')
    expect(await read(id)).toMatchObject({ status: 'REFUNDED', refundedTotal: { amount: '38.97' } })
  })

  test('a refund by staff is noted, and never makes more go back than was paid', async () => {
    const { id, lines } = await confirmed(await shop.addBuyer())
    await parcel('delivered', id)
    await refunded(id, 'rfk_1', '3000', '3000')
    const [line] = lines
    await deliver('shipping.return.received', id, {
      returnId: 'ret_1',
      lines: [{ orderLineId: line?.id, variantId: 'var_1', quantity: 3, restock: false, warehouseId: null }],
    })
    expect(await sent(id, 'payments.refund')).toMatchObject({ amount: usd('1387') })
    expect(await sent(id, 'inventory.restock')).toBeUndefined()
    await refunded(id, 'ret_1', '1387', '4387')
    expect(await read(id)).toMatchObject({ status: 'REFUNDED', refundedTotal: { amount: '43.87' } })
  })

  test('a claim keeps the refunds by staff that are for it, and is open again where one fails afterwards', async () => {
    const { id, lines } = await confirmed(await shop.addBuyer())
    await parcel('delivered', id)
    await deliver('shipping.return.received', id, {
      returnId: 'ret_1',
      lines: [
        { orderLineId: lines[0]?.id, variantId: 'var_1', quantity: 1, restock: false, warehouseId: null },
      ],
    })
    const told = (type: string, refundId: string, amount: string, total: string, reversed: string) =>
      deliver(`payments.${type}`, id, {
        ...{ refundId, amount: usd(amount), refundedTotal: usd(total), reversedTotal: usd(reversed) },
        ...{ code: 'account_closed', message: 'It is closed.' },
      })
    const claim = () => shop.prisma.orderClaim.findFirstOrThrow({ where: { orderId: id } })
    await told('payment.refunded', 'ret_1', '1299', '1299', '0')
    await told('refund.reversed', 'ret_1', '1299', '0', '1299')
    await told('payment.refunded', 'rfk_1', '299', '299', '1299')
    const part = { refundId: 'rfk_1', amountMinor: '299' }
    expect(await claim()).toMatchObject({ refunded: false, coveredMinor: 299n, coveredBy: [part] })
    await told('payment.refunded', 'rfk_2', '1000', '1299', '1299')
    const rest = { refundId: 'rfk_2', amountMinor: '1000' }
    expect(await claim()).toMatchObject({ refunded: true, amountMinor: 1299n, coveredBy: [part, rest] })
    await told('refund.reversed', 'rfk_1', '299', '1000', '1598')
    expect(await claim()).toMatchObject({ refunded: false, coveredMinor: 1000n, coveredBy: [rest] })
    await told('payment.refunded', 'rfk_3', '299', '1299', '1598')
    expect(await claim()).toMatchObject({ refunded: true, amountMinor: 1299n, reversals: 2 })
    expect(await read(id)).toMatchObject({ status: 'DELIVERED', refundedTotal: { amount: '12.99' } })
  })

  test('a parcel that was lost is paid back with its shipping when it was all', async () => {
    const { id, lines } = await confirmed(await shop.addBuyer())
    await parcel('dispatched', id)
    const units = lines.map((line) => ({ orderLineId: line.id, quantity: line.quantity, variantId: 'v' }))
    await deliver('shipping.shipment.failed', id, { shipmentId: 'shp_1', parcelCount: 1, lines: units })
    expect(await sent(id, 'payments.refund')).toMatchObject({ refundId: 'shp_1', amount: usd('4387') })
    await refunded(id, 'shp_1', '4387', '4387')
    expect(await read(id)).toMatchObject({ status: 'REFUNDED' })
  })

  test('a refund that is unanswered is asked for again after 30 s', async () => {
    const { id, lines } = await confirmed(await shop.addBuyer())
    await parcel('delivered', id)
    const unit = { orderLineId: lines[0]?.id, variantId: 'v', quantity: 1, restock: false }
    await deliver('shipping.return.received', id, { returnId: 'ret_1', lines: [unit] })
    const before = now
    try {
      now = new Date(before.getTime() + 30_000)
      await shop.runTimer('resume-sagas')
    } finally {
      now = before
    }
    expect((await shop.said(id)).filter((type) => type === 'payments.refund')).toHaveLength(2)
  })
})

test('a message that waits for another about the same order sees the parcels as that one left them', async () => {
  const { id } = await confirmed(await shop.addBuyer())
  await parcel('created', id)
  let late: Promise<void> | null = null
  await shop.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE orders SET parcel_count = 1 WHERE id = ${id}`
    late = parcel('dispatched', id)
    await shop.untilWaiting(1, [late])
    await tx.$executeRaw`UPDATE order_parcel SET state = 'FAILED' WHERE order_id = ${id}`
  })
  await late
  const parcels = await shop.prisma.orderParcel.findMany({ where: { orderId: id } })
  expect(parcels).toMatchObject([{ shipmentId: 'shp_1', state: 'FAILED' }])
})

test('a shipping option that does not hold is refused with the reason, by cart and order', async () => {
  const buyer = await shop.addBuyer()
  const cart = await shop.fill(buyer.viewer, await shop.addSock())
  const old = await shop.option(cart, buyer.addressId, { exp: now.getTime() / 1_000 })
  expect((await shop.place(buyer, { shippingOptionId: old })).userErrors).toMatchObject([
    {
      __typename: 'ShippingOptionExpiredError',
      path: ['shippingOptionId'],
      message: expect.stringContaining('it expired at'),
    },
  ])
  const asked = { countryCode: 'NO', postalCode: '5003', option: old }
  const { errors } = await shop.execute(TOTALS, asked, buyer.viewer)
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  const notAfter = new Date(now.getTime() - 1).toISOString()
  const about = { subject: QUOTE_KEY.keyId, sequence: 2 }
  await shop.deliver('shipping.quote_key.published', { ...QUOTE_KEY, notAfter }, about)
  expect((await shop.place(buyer)).userErrors).toMatchObject([
    { message: expect.stringContaining(`its signing key was valid until ${notAfter}`) },
  ])
})
