import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { CANCEL } from './testing/operations.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

/** Places an order for three units at 12.99 with 4.90 for shipping. */
async function anOrder(buyer: TestBuyer): Promise<string> {
  const cart = await shop.fill(buyer.viewer, await shop.addSock(), 3)
  const shippingOptionId = await shop.option(cart, buyer.addressId, { amountMinor: '490' })
  const expectedTotal = { amount: '43.87', currencyCode: 'USD' }
  const { order } = await shop.place(buyer, { shippingOptionId, expectedTotal })
  return order.id
}

async function aSale(buyer: TestBuyer): Promise<string> {
  const id = await anOrder(buyer)
  await shop.answer('reserved', id)
  await shop.answer('committed', id)
  return id
}

const refund = (orderId: string, amount: string, total: string, refundId = newId('rfd')) =>
  shop.deliver(
    'payments.payment.refunded',
    { orderId, refundId, amount: usd(amount), refundedTotal: usd(total) },
    { subject: orderId },
  )

type PublishedSale = { readonly sequence: number; readonly refunds?: unknown }

async function published(orderId: string) {
  const rows = (await shop.outbox()).filter(
    ({ type, subject }) => type === 'orders.sale.changed' && subject === orderId,
  )
  // The data of the message is an object.
  return rows.map(({ sequence, data }): PublishedSale => ({ ...(data as object), sequence }))
}

/** The messages that a replay sends to analytics, by order. */
async function again(since: Date | null = null) {
  const [, , sales] = history
  const page = { after: null, limit: 200, since, recipient: 'analytics' }
  const rows = (await sales?.(shop.resources as never, page)) ?? []
  return new Map(
    rows.map(({ event }) => [event.subject, { sequence: event.sequence, ...(event.data as object) }]),
  )
}

describe('an order as a sale', () => {
  test('is published when it is confirmed, and again with each refund, with growing sequences', async () => {
    const buyer = await shop.addBuyer()
    const id = await anOrder(buyer)
    await shop.answer('reserved', id)
    expect(await published(id)).toEqual([])
    await shop.answer('committed', id)
    const parcel = { orderId: id, shipmentId: newId('shp'), parcelCount: 1, lines: [] }
    await shop.deliver('shipping.shipment.created', parcel, { subject: id })
    expect(await published(id)).toHaveLength(1)
    await refund(id, '500', '500')
    await refund(id, '500', '500')
    await refund(id, '100', '600')
    const [confirmed, ...refunded] = await published(id)
    expect(confirmed).toMatchObject({
      orderId: id,
      customerId: buyer.id,
      status: 'SOLD',
      placedAt: now.toISOString(),
      confirmedAt: now.toISOString(),
      subtotal: usd('3897'),
      discount: usd('0'),
      shipping: usd('490'),
      grandTotal: usd('4387'),
      couponCode: null,
      lines: [{ quantity: 3, unitPrice: usd('1299'), discount: usd('0') }],
      refunds: [],
    })
    const at = now.toISOString()
    expect(refunded.map(({ refunds }) => refunds)).toEqual([
      [{ at, amount: usd('500') }],
      [
        { at, amount: usd('500') },
        { at, amount: usd('100') },
      ],
    ])
    const sequences = [confirmed, ...refunded].map((sale) => sale?.sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted())
    expect((await again()).get(id)).toEqual(refunded.at(-1))
  })

  test('that is cancelled before it is paid is published as cancelled', async () => {
    const buyer = await shop.addBuyer()
    const id = await anOrder(buyer)
    await shop.answer('rejected', id)
    const [only, ...more] = await published(id)
    expect(more).toEqual([])
    expect(only).toMatchObject({ status: 'CANCELLED', confirmedAt: null })
    expect((await again()).get(id)).toEqual(only)
  })

  test('that is not confirmed is not republished', async () => {
    const id = await anOrder(await shop.addBuyer())
    expect((await again()).has(id)).toBe(false)
  })
})

test('sales are republished only to analytics, and since a time those that changed', async () => {
  const [, , sales] = history
  const page = { after: null, limit: 200, since: null, recipient: 'search' }
  expect(await sales?.(shop.resources as never, page)).toEqual([])
  const id = await aSale(await shop.addBuyer())
  expect((await again(now)).has(id)).toBe(true)
  const { id: refused } = await shop.order(await shop.addBuyer())
  const later = new Date(now.getTime() + 1)
  expect((await again(later)).size).toBe(0)
  now = later
  await refund(id, '500', '500')
  expect([...(await again(later)).keys()]).toEqual([id])
  now = new Date(later.getTime() + 1)
  await shop.answer('rejected', refused)
  expect([...(await again(now)).keys()]).toEqual([refused])
})

test('a customer who cancels a paid order ends the sale', async () => {
  const buyer = await shop.addBuyer()
  const id = await aSale(buyer)
  const [sold] = await published(id)
  const { version } = await shop.prisma.order.findUniqueOrThrow({ where: { id } })
  const input = { idempotencyKey: newId('evt'), orderId: id, expectedVersion: version }
  await shop.execute(CANCEL, { input }, buyer.viewer)
  await shop.deliver('shipping.order.cancelled', { orderId: id }, { subject: id })
  const command = (await shop.outbox()).find(
    ({ type, subject }) => type === 'payments.refund' && subject === id,
  )
  // The data of each command is an object.
  const { refundId } = (command?.data ?? {}) as { refundId?: string }
  await refund(id, '4387', '4387', refundId)
  const data = { orderId: id, restockId: 'cancel', lines: [] }
  await shop.deliver('inventory.stock.restocked', data, { subject: id })
  const last = (await published(id)).at(-1)
  expect(last).toMatchObject({ status: 'CANCELLED', confirmedAt: now.toISOString() })
  expect(last?.sequence).toBeGreaterThan(sold?.sequence ?? 0)
})
