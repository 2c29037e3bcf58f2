import { readFileSync } from 'node:fs'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decide } from './saga/decide.ts'
import { messagesOf } from './saga/effects.ts'
import { evolve } from './saga/evolve.ts'
import type { SagaInput } from './saga/inputs.ts'
import { placed } from './saga/saga.ts'
import { aSagaOrder } from './testing/a-saga-order.ts'
import { eventPrices, openOrders, type Shop } from './testing/open-orders.ts'
import { ADD, CANCEL } from './testing/operations.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['known_product (', 'variant_price ('])

/** A sample message of its publisher. Subgraphs share such files, never code. */
function sampleOf(publisher: string, type: string): Envelope {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) as Envelope
}

/** The shape of a value: keys and types; that of a list is the shape of its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

describe('what orders publish has the shape of its sample', () => {
  const published = new Map<string, unknown>()
  beforeAll(async () => {
    const buyer = await shop.addBuyer()
    await shop.addSock({ available: 3 })
    const confirmed = await shop.order(buyer)
    await shop.answer('reserved', confirmed.id)
    await shop.answer('committed', confirmed.id)
    const cancelled = await shop.order(buyer)
    const input = { idempotencyKey: newId('evt'), orderId: cancelled.id, expectedVersion: 1 }
    await shop.execute(CANCEL, { input }, buyer.viewer)
    await shop.answer('released', cancelled.id)
    for (const { type, data } of await shop.outbox()) published.set(type, data)
  })

  test.each([
    'orders.order.placed',
    'orders.order.summarised',
    'orders.order.confirmed',
    'orders.order.cancelled',
    'orders.address.applied',
    'orders.product.applied',
    'orders.availability.applied',
    'inventory.reserve',
    'inventory.commit',
    'inventory.release',
  ])('%s', (type) => {
    const sample = sampleOf('orders', type)
    expect(sample).toMatchObject({ type, source: 'orders' })
    expect(shapeOf(published.get(type))).toEqual(shapeOf(sample.data))
  })
})

describe('what the saga says of a whole life has the shape of its sample', () => {
  const published = new Map<string, unknown>()
  const line = { orderLineId: 'oln_1', quantity: 1, variantId: 'var_1', warehouseId: 'whs_1', restock: true }
  const about = { shipmentId: 'shp_1', parcelCount: 1 }
  const allocations = [{ warehouseId: 'whs_1', warehouseCode: 'A', variantId: 'var_1', quantity: 1 }]
  const lives: SagaInput[][] = [
    [
      { type: 'StockReserved', reservationId: 'res_1' },
      { type: 'PaymentAuthorized' },
      { type: 'StockCommitted', allocations },
      { type: 'PaymentCaptured', capturedMinor: 12n },
      { type: 'ShipmentDelivered', ...about },
      { type: 'ReturnReceived', returnId: 'ret_1', lines: [line, { ...line, orderLineId: 'oln_2' }] },
      { type: 'PaymentRefunded', refundId: 'ret_1', amountMinor: 10n, refundedMinor: 10n },
      {
        ...{ type: 'RefundReversed', refundId: 'ret_1', amountMinor: 10n, refundedMinor: 0n },
        ...{ reversedMinor: 10n, code: 'account_closed', message: 'The account is closed' },
      },
    ],
    [
      { type: 'StockReserved', reservationId: 'res_1' },
      { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' },
    ],
    [
      { type: 'StockReserved', reservationId: 'res_1' },
      { type: 'PaymentAuthorized' },
      { type: 'StockCommitted', allocations },
      { type: 'PaymentCaptured', capturedMinor: 12n },
      { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' },
    ],
  ]
  for (const inputs of lives) {
    let saga = placed
    for (const input of inputs)
      for (const event of decide(aSagaOrder(), saga, input)) {
        saga = evolve(saga, event)
        for (const { type, data } of messagesOf(aSagaOrder(), saga, event)) published.set(type, data)
      }
  }

  test.each([
    'inventory.restock',
    'payments.authorize',
    'payments.capture',
    'payments.void',
    'payments.refund',
    'shipping.create',
    'shipping.cancel',
    'orders.order.delivered',
    'orders.order.refunded',
    'orders.return.refunded',
    'orders.return.refund_failed',
  ])('%s', (type) => {
    expect(shapeOf(published.get(type))).toEqual(shapeOf(sampleOf('orders', type).data))
  })
})

describe('what others publish is understood', () => {
  test.each([
    ['users', 'users.email.verified'],
    ['products', 'products.product.changed'],
    ['products', 'products.price.changed'],
    ['users', 'users.address.saved'],
    ['users', 'users.address.removed'],
    ['inventory', 'inventory.availability.changed'],
    ['inventory', 'inventory.stock.reserved'],
    ['inventory', 'inventory.stock.rejected'],
    ['inventory', 'inventory.stock.committed'],
    ['inventory', 'inventory.stock.released'],
    ['inventory', 'inventory.stock.restocked'],
    ['inventory', 'inventory.reservation.expired'],
    ['payments', 'payments.payment.authorized'],
    ['payments', 'payments.payment.action_required'],
    ['payments', 'payments.payment.declined'],
    ['payments', 'payments.payment.captured'],
    ['payments', 'payments.payment.capture_failed'],
    ['payments', 'payments.payment.voided'],
    ['payments', 'payments.payment.refunded'],
    ['payments', 'payments.refund.failed'],
    ['payments', 'payments.refund.reversed'],
    ['shipping', 'shipping.quote_key.published'],
    ['shipping', 'shipping.shipment.created'],
    ['shipping', 'shipping.shipment.dispatched'],
    ['shipping', 'shipping.shipment.delivered'],
    ['shipping', 'shipping.shipment.failed'],
    ['shipping', 'shipping.order.cancelled'],
    ['shipping', 'shipping.order.cancel_refused'],
    ['shipping', 'shipping.return.received'],
  ])('%s: %s', async (publisher, type) => {
    const { data, subject, sequence, id } = sampleOf(publisher, type)
    await shop.deliver(type, data, { subject, sequence, id })
    expect(await shop.prisma.inboxMessage.count({ where: { eventId: id } })).toBe(1)
  })

  test('the sample product can be put into a cart at its sample price', async () => {
    const { data, subject } = sampleOf('products', 'products.product.changed')
    // The fields that this test reads from the publisher's sample.
    const product = data as {
      variants: { variantId: string; prices: { amountMinor: string; currencyCode: string }[] }[]
    }
    await shop.deliver(
      'products.product.changed',
      { ...product, status: 'ACTIVE' },
      { subject, sequence: 1_000_000 },
    )
    const [variant] = product.variants
    const cart = await shop.fill(anonymous, { variantId: variant?.variantId ?? '', productId: subject })
    const minor = variant?.prices.find(({ currencyCode }) => currencyCode === 'USD')?.amountMinor
    expect(cart.total.amount.replace('.', '')).toBe(minor?.padStart(3, '0'))
  })
})

describe('late and doubled messages', () => {
  const prices = (USD: string) => eventPrices({ USD, EUR: '1000', JPY: '1000' })

  async function offer(variantId: string) {
    const input = { idempotencyKey: newId('evt'), variantId, quantity: 1 }
    const { data } = await shop.execute(ADD, { input })
    return data.addCartLine.cart?.total.amount ?? data.addCartLine.userErrors[0].__typename
  }

  test('the newest state of a product wins, and the newest price, each by a sequence of its own', async () => {
    const [productId, variantId] = [newId('prd'), newId('var')]
    const product = (title: string, status: string, USD: string, sequence: number) => {
      const variant = { variantId, sku: 'S', title: 'M', weightGrams: 60, prices: prices(USD) }
      const data = { productId, slug: 's', title, status, categoryId: null, variants: [variant] }
      return shop.deliver('products.product.changed', data, { subject: productId, sequence })
    }
    const price = (USD: string, sequence: number) => {
      const data = { productId, variantId, sku: 'S', prices: prices(USD), previousPrices: [] }
      return shop.deliver('products.price.changed', data, { subject: productId, sequence })
    }
    await price('300', 3)
    expect(await offer(variantId)).toBe('ValidationError')
    await product('Old', 'ACTIVE', '200', 2)
    expect(await offer(variantId)).toBe('3.00')
    await price('100', 1)
    expect(await offer(variantId)).toBe('3.00')
    await product('New', 'ACTIVE', '500', 5)
    await product('Older', 'ARCHIVED', '400', 4)
    expect(await offer(variantId)).toBe('5.00')
    expect((await shop.prisma.knownVariant.findFirst({ where: { variantId } }))?.title).toBe('New, M')
  })

  test('each field of a product and its variant is that of the newest state', async () => {
    const [productId, variantId] = [newId('prd'), newId('var')]
    const tell = async (sequence: number, title: string, categoryId: string, variant: object) => {
      const variants = [{ variantId, prices: prices('100'), ...variant }]
      const data = { productId, slug: 's', title, status: 'ACTIVE', categoryId, variants }
      await shop.deliver('products.product.changed', data, { subject: productId, sequence })
      const { category_id } = (await rowsOf('known_product', productId))[0] ?? {}
      const [{ variant_id: _, ...known } = {}] = await rowsOf('known_variant', productId)
      return { category_id, ...known }
    }
    const rowsOf = (table: string, id: string) =>
      shop.prisma.$queryRawUnsafe<Record<string, unknown>[]>(
        `SELECT * FROM ${table} WHERE product_id = $1`,
        id,
      )
    const [first, second] = [newId('cat'), newId('cat')]
    const about = { product_id: productId, listed: true }
    expect(await tell(1, 'Crew', first, { sku: 'A', title: 'M', weightGrams: 60 })).toEqual({
      ...{ category_id: first, ...about, sku: 'A', title: 'Crew, M', weight_grams: 60 },
    })
    expect(await tell(2, 'Ankle', second, { sku: 'B', title: '', weightGrams: 70 })).toEqual({
      ...{ category_id: second, ...about, sku: 'B', title: 'Ankle', weight_grams: 70 },
    })
  })

  test('an older state of a key for quotes does not replace the newer one', async () => {
    const key = { keyId: newId('evt'), publicKey: 'A'.repeat(43), notAfter: '2099-01-01T00:00:00.000Z' }
    const newer = { ...key, publicKey: 'B'.repeat(43), notAfter: '2098-01-01T00:00:00.000Z' }
    for (const [data, sequence] of [
      [key, 1],
      [newer, 3],
      [key, 2],
    ] as const)
      await shop.deliver('shipping.quote_key.published', data, { subject: key.keyId, sequence })
    expect(await shop.prisma.quoteKey.findUnique({ where: { keyId: key.keyId } })).toMatchObject({
      ...{ publicKey: newer.publicKey, notAfter: new Date(newer.notAfter), sequence: 3 },
    })
  })

  test('a variant that its product no longer names is no longer for sale', async () => {
    const sock = await shop.addSock()
    const data = {
      productId: sock.productId,
      slug: 's',
      title: 'T',
      status: 'ACTIVE',
      categoryId: null,
      variants: [],
    }
    await shop.deliver('products.product.changed', data, { subject: sock.productId, sequence: 2 })
    expect(await offer(sock.variantId)).toBe('ValidationError')
  })

  test.each(['before', 'after'])(
    'a removed address stays removed and keeps nothing of what was saved, told %s its removal',
    async (when) => {
      const [addressId, userId] = [newId('adr'), newId('usr')]
      const street = { recipient: 'Ada', line1: 'L', line2: 'Flat' }
      const texts = { ...street, city: 'C', region: 'R', postalCode: '1', countryCode: 'NO' }
      const saved = { addressId, userId, ...texts }
      const messages = [
        () => shop.deliver('users.address.saved', saved, { subject: addressId, sequence: 1 }),
        () =>
          shop.deliver('users.address.removed', { addressId, userId }, { subject: addressId, sequence: 2 }),
      ]
      for (const deliver of when === 'before' ? messages : messages.toReversed()) await deliver()
      const nothing = Object.fromEntries(Object.keys(texts).map((field) => [field, null]))
      expect(await shop.prisma.customerAddress.findFirst({ where: { addressId } })).toEqual({
        ...{ addressId, customerId: userId, ...nothing, removed: true, sequence: 2 },
      })
    },
  )

  test('an older count of what is free does not replace a newer one', async () => {
    const { variantId } = await shop.addSock()
    const say = (availableQuantity: number, sequence: number) =>
      shop.deliver(
        'inventory.availability.changed',
        { variantId, status: 'IN_STOCK', availableQuantity },
        { subject: variantId, sequence },
      )
    await say(9, 2)
    await say(0, 1)
    expect(await offer(variantId)).toBe('12.99')
    await say(0, 3)
    expect(await offer(variantId)).toBe('InsufficientStockError')
  })
})
