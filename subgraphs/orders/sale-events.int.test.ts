import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { CANCEL } from './testing/operations.ts'
import { openTaxes, taxedOrder } from './testing/taxed-order.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  await openTaxes(shop)
})
afterAll(() => shop.close())
// The orders share a coupon, which counts its uses.
expectEarlierRowsKept(() => shop, ['coupon ('])

const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

async function aSale(buyer: TestBuyer): Promise<string> {
  const id = await taxedOrder(shop, buyer)
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
    const id = await taxedOrder(shop, buyer)
    const placedAt = now.toISOString()
    await shop.answer('reserved', id)
    expect(await published(id)).toEqual([])
    now = new Date(now.getTime() + 1_000)
    const confirmedAt = now.toISOString()
    await shop.answer('committed', id)
    const parcel = { orderId: id, shipmentId: newId('shp'), parcelCount: 1, lines: [] }
    await shop.deliver('shipping.shipment.created', parcel, { subject: id })
    expect(await published(id)).toHaveLength(1)
    now = new Date(now.getTime() + 1_000)
    const refundedAt = now.toISOString()
    await refund(id, '500', '500')
    await refund(id, '500', '500')
    now = new Date(now.getTime() + 1_000)
    await refund(id, '100', '600')
    const [confirmed, ...refunded] = await published(id)
    const { number } = await shop.prisma.order.findUniqueOrThrow({ where: { id } })
    const rows = await shop.prisma.orderLine.findMany({
      where: { orderId: id },
      orderBy: { position: 'asc' },
    })
    const [three, one] = rows.map(({ variantId, productId }) => ({ variantId, productId }))
    expect(confirmed).toMatchObject({
      ...{ orderId: id, number, customerId: buyer.id },
      status: 'SOLD',
      placedAt,
      confirmedAt,
      subtotal: usd('3200'),
      discount: usd('320'),
      shipping: usd('480'),
      tax: usd('840'),
      grandTotal: usd('4200'),
      couponCode: 'TENTH',
      countryCode: 'NO',
      lines: [
        { ...three, quantity: 3, unitPrice: usd('1000'), discount: usd('300') },
        { ...one, quantity: 1, unitPrice: usd('200'), discount: usd('20') },
      ],
      refunds: [],
    })
    const first = { at: refundedAt, amount: usd('500') }
    expect(refunded.map(({ refunds }) => refunds)).toEqual([
      [first],
      [first, { at: now.toISOString(), amount: usd('100') }],
    ])
    const sequences = [confirmed, ...refunded].map((sale) => sale?.sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted())
    expect((await again()).get(id)).toEqual(refunded.at(-1))
  })

  test('that is cancelled before it is paid is published as cancelled', async () => {
    const buyer = await shop.addBuyer()
    const id = await taxedOrder(shop, buyer)
    await shop.answer('rejected', id)
    const [only, ...more] = await published(id)
    expect(more).toEqual([])
    expect(only).toMatchObject({ status: 'CANCELLED', confirmedAt: null })
    expect((await again()).get(id)).toEqual(only)
  })

  test('that is not confirmed is not published with a refund whose message came before the one of its capture', async () => {
    const id = await taxedOrder(shop, await shop.addBuyer())
    await shop.answer('reserved', id)
    await shop.answer('committed', id, { unpaid: true })
    const why = { orderId: id, code: 'expired', message: 'the authorization expired' }
    await shop.deliver('payments.payment.capture_failed', why, { subject: id })
    await refund(id, '500', '500')
    expect(await shop.prisma.order.findUnique({ where: { id } })).toMatchObject({
      status: 'CANCELLING',
      refundedMinor: 500n,
    })
    expect(await published(id)).toEqual([])
  })

  test('that is not confirmed is not republished', async () => {
    const id = await taxedOrder(shop, await shop.addBuyer())
    expect((await again()).has(id)).toBe(false)
  })
})

test('sales are republished only to analytics, and since a time those that changed', async () => {
  const [, , sales] = history
  const page = { after: null, limit: 200, since: null, recipient: 'search' }
  expect(await sales?.(shop.resources as never, page)).toEqual([])
  const id = await aSale(await shop.addBuyer())
  expect((await again(now)).has(id)).toBe(true)
  const refused = await taxedOrder(shop, await shop.addBuyer())
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
  await refund(id, '4200', '4200', refundId)
  const data = { orderId: id, restockId: 'cancel', lines: [] }
  await shop.deliver('inventory.stock.restocked', data, { subject: id })
  const last = (await published(id)).at(-1)
  expect(last).toMatchObject({ status: 'CANCELLED', confirmedAt: now.toISOString() })
  expect(last?.sequence).toBeGreaterThan(sold?.sequence ?? 0)
})
