import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderStore } from './order/order-store.ts'
import { answerOrder } from './saga/saga-store.ts'
import { openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { ORDER } from './testing/operations.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['tax_country ('])

const ADDRESS = { recipient: 'Ada Lund', line2: null, city: 'Bergen', region: null, postalCode: '5003' }

/** The time that many milliseconds ago, or a time that is given. */
const timeOf = (ago: number | string) =>
  typeof ago === 'string' ? ago : new Date(Date.now() - ago).toISOString()

/** Delivers an event about the buyer's address. */
function saved(
  { id: userId, addressId }: TestBuyer,
  line1: string,
  sequence: number,
  ago: number | string = 0,
) {
  const data = { addressId, userId, ...ADDRESS, line1, countryCode: 'NO' }
  const time = timeOf(ago)
  return shop.deliver('users.address.saved', data, { subject: addressId, sequence, time })
}

function removed({ id: userId, addressId }: TestBuyer, sequence: number, ago: number | string = 0) {
  const time = timeOf(ago)
  return shop.deliver('users.address.removed', { addressId, userId }, { subject: addressId, sequence, time })
}

async function buyerWithCart(): Promise<TestBuyer> {
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, await shop.addSock())
  return buyer
}

async function read(id: string, { viewer }: TestBuyer) {
  return (await shop.execute(ORDER, { id }, viewer)).data.order
}

describe('an order that names the version of its address', () => {
  test('goes to that very text', async () => {
    const buyer = await buyerWithCart()
    await saved(buyer, '2 New Street', 2)
    const { order } = await shop.place(buyer, { shippingAddressVersion: 2 })
    expect(order.shippingAddress.line1).toBe('2 New Street')
  })

  test('goes to an address that was saved again after its removal', async () => {
    const buyer = await buyerWithCart()
    await removed(buyer, 2)
    await saved(buyer, '2 New Street', 3)
    const { order } = await shop.place(buyer, { shippingAddressVersion: 3 })
    expect(order.shippingAddress.line1).toBe('2 New Street')
  })

  test('is refused with the current version when the customer saw an older one', async () => {
    const buyer = await buyerWithCart()
    await saved(buyer, '2 New Street', 2)
    expect(await shop.place(buyer, { shippingAddressVersion: 1 })).toMatchObject({
      order: null,
      userErrors: [
        { __typename: 'VersionConflictError', path: ['shippingAddressVersion'], currentVersion: 2 },
      ],
    })
  })

  test('waits for news that is on its way', async () => {
    const buyer = await shop.addBuyer()
    const { id: cartId, version } = await shop.fill(buyer.viewer, await shop.addSock())
    // The news comes while the order waits for it.
    const pause = () => saved(buyer, '2 New Street', 2)
    const store = orderStore({ prisma: shop.prisma, clock: () => new Date(), pause })
    const expectedTotal = { minor: 1299n, currency: 'USD' as const }
    const decision = await store.place(buyer.id, {
      ...{ idempotencyKey: newId('key'), cartId, expectedCartVersion: version, expectedTotal },
      ...{ shippingAddressId: buyer.addressId, shippingAddressVersion: 2 },
      ...{ quote: null, paymentMethodId: null },
    })
    if (!decision.ok) throw new Error(JSON.stringify(decision.errors))
    expect((await read(decision.value, buyer)).shippingAddress.line1).toBe('2 New Street')
  })

  test('waits for a change of its address that is being applied', async () => {
    const buyer = await buyerWithCart()
    const { addressId } = buyer
    const lines = { line1: '2 New Street', sequence: 2 }
    let placing: ReturnType<Shop['place']> = Promise.resolve(null)
    await shop.prisma.$transaction(async (tx) => {
      await tx.customerAddress.update({ where: { addressId }, data: lines })
      placing = shop.place(buyer)
      await shop.untilWaiting(1, [placing])
    })
    expect((await placing).order.shippingAddress.line1).toBe('2 New Street')
  })

  test('is refused, and may be sent again, when the news does not come in time', async () => {
    const buyer = await buyerWithCart()
    const idempotencyKey = newId('key')
    const began = performance.now()
    const refused = await shop.place(buyer, { idempotencyKey, shippingAddressVersion: 2 })
    // Ten pauses of 100 ms, of which each timer may end a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(980)
    expect(refused).toMatchObject({
      order: null,
      userErrors: [{ __typename: 'ShippingAddressPendingError', path: ['shippingAddressVersion'] }],
    })
    await saved(buyer, '2 New Street', 2)
    const { order } = await shop.place(buyer, { idempotencyKey, shippingAddressVersion: 2 })
    expect(order.shippingAddress.line1).toBe('2 New Street')
  })

  test.each([0, -1])('version %d is refused with what is allowed', async (shippingAddressVersion) => {
    const { userErrors } = await shop.place(await buyerWithCart(), { shippingAddressVersion })
    expect(userErrors).toMatchObject([{ message: expect.stringContaining('at least 1') }])
  })
})

describe('news of an address that was changed before the order was placed', () => {
  test('changes where the order goes, and not its status', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    await shop.answer('reserved', order.id)
    await saved(buyer, '2 New Street', 2, 60_000)
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'AWAITING_PAYMENT',
      version: 2,
      shippingAddress: { line1: '2 New Street' },
    })
    await saved(buyer, '1 Oldest Street', 1, 90_000)
    expect((await read(order.id, buyer)).shippingAddress.line1).toBe('2 New Street')
  })

  test('changes each field of its address, the place only without a shipping option and tax', async () => {
    const place = { region: null, postalCode: '5003', countryCode: 'NO' }
    const moved = { region: 'Norte', postalCode: '4000-001', countryCode: 'PT' }
    const at = { recipient: 'Ada L.', line1: '2 New Street', line2: 'Attic', city: 'Porto' }
    for (const [address, choice] of [
      [{ ...at, ...place }, {}],
      [
        { ...at, ...moved },
        { shippingOptionId: null, paymentMethodId: null },
      ],
    ] as const) {
      const buyer = await buyerWithCart()
      const { order } = await shop.place(buyer, choice)
      const data = { addressId: buyer.addressId, userId: buyer.id, ...address }
      const time = new Date(Date.now() - 60_000).toISOString()
      await shop.deliver('users.address.saved', data, { subject: buyer.addressId, sequence: 2, time })
      const { status, shippingAddress } = await read(order.id, buyer)
      expect([status, shippingAddress]).toEqual(['PENDING', address])
    }
  })

  test('calls back an order that is paid already, since its parcels go to the older address', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    const next = await shop.order(buyer)
    for (const { id } of [order, next]) {
      await shop.answer('reserved', id)
      await shop.answer('committed', id)
    }
    // The address was changed at the very time of the first order.
    await saved(buyer, '2 New Street', 2, order.placedAt)
    for (const { id } of [order, next]) {
      expect(await read(id, buyer)).toMatchObject({
        status: 'CANCELLING',
        cancelReason: 'ADDRESS_REMOVED',
      })
      expect((await shop.said(id)).at(-1)).toBe('shipping.cancel')
    }
  })

  test('changes all lines of the address of an order without shipping, which stays confirmed', async () => {
    const buyer = await buyerWithCart()
    const expectedTotal = { amount: '12.99', currencyCode: 'USD' }
    const { order } = await shop.place(buyer, { shippingOptionId: null, expectedTotal })
    // Earlier versions confirmed orders without shipping.
    const confirmed = { status: 'CONFIRMED', step: 'DONE', dueAt: null } as const
    await shop.prisma.order.update({ where: { id: order.id }, data: confirmed })
    const lines = { recipient: 'Grace Holm', line1: '2 New Street', line2: 'Yard', city: 'Visby' }
    const address = { ...lines, region: 'I', postalCode: '621 57', countryCode: 'SE' }
    const data = { addressId: buyer.addressId, userId: buyer.id, ...address }
    const about = { subject: buyer.addressId, sequence: 2, time: order.placedAt }
    await shop.deliver('users.address.saved', data, about)
    expect(await read(order.id, buyer)).toMatchObject({ status: 'CONFIRMED', shippingAddress: address })
  })

  test.each([false, true])(
    'calls back an order at the pivot once it is confirmed, if it was priced for another town, its stock taken before: %s',
    async (isTaken) => {
      const buyer = await buyerWithCart()
      const { order } = await shop.place(buyer)
      await shop.answer('reserved', order.id)
      if (isTaken) await shop.answer('committed', order.id, { unpaid: true })
      const to = { addressId: buyer.addressId, userId: buyer.id, countryCode: 'NO' }
      const data = { ...ADDRESS, ...to, postalCode: '0150', line1: '2 New Street' }
      const time = new Date(Date.now() - 60_000).toISOString()
      await shop.deliver('users.address.saved', data, { subject: buyer.addressId, sequence: 2, time })
      expect(await read(order.id, buyer)).toMatchObject({ status: 'AWAITING_PAYMENT' })
      await shop.answer('committed', order.id)
      expect(await read(order.id, buyer)).toMatchObject({
        status: 'CANCELLING',
        cancelReason: 'ADDRESS_REMOVED',
      })
      expect((await shop.said(order.id)).slice(-2)).toEqual(['shipping.create', 'shipping.cancel'])
    },
  )

  test.each([
    ['changed', (buyer: TestBuyer) => saved(buyer, '2 New Street', 2, 60_000)],
    ['removed', (buyer: TestBuyer) => removed(buyer, 2, 60_000)],
  ])(
    'calls back an order that is confirmed while the news of an address that was %s waits for it',
    async (_, tell) => {
      const buyer = await buyerWithCart()
      const { order } = await shop.place(buyer)
      await shop.answer('reserved', order.id)
      await shop.answer('committed', order.id, { unpaid: true })
      const { prisma } = shop.own
      const { totalMinor: capturedMinor } = await prisma.order.findUniqueOrThrow({ where: { id: order.id } })
      let news: Promise<unknown> = Promise.resolve()
      await prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT 1 FROM orders WHERE id = ${order.id} FOR UPDATE`
        news = tell(buyer)
        await shop.untilWaiting(1, [news])
        await answerOrder(tx, order.id, { type: 'PaymentCaptured', capturedMinor }, new Date())
      })
      await news
      expect(await read(order.id, buyer)).toMatchObject({
        status: 'CANCELLING',
        cancelReason: 'ADDRESS_REMOVED',
      })
    },
  )

  test.each([
    ['changed', (buyer: TestBuyer) => saved(buyer, '2 New Street', 2, 60_000)],
    ['removed', (buyer: TestBuyer) => removed(buyer, 2, 60_000)],
  ])('calls back parcels that are being packed for an address that was %s', async (_, news) => {
    const buyer = await buyerWithCart()
    const { id: orderId } = (await shop.place(buyer)).order
    await shop.answer('reserved', orderId)
    await shop.answer('committed', orderId)
    const parcel = { orderId, shipmentId: newId('shp'), parcelCount: 1, lines: [] }
    await shop.deliver('shipping.shipment.created', parcel, { subject: orderId })
    expect(await read(orderId, buyer)).toMatchObject({ status: 'FULFILLING' })
    await news(buyer)
    expect(await read(orderId, buyer)).toMatchObject({
      status: 'CANCELLING',
      cancelReason: 'ADDRESS_REMOVED',
    })
    expect((await shop.said(orderId)).at(-1)).toBe('shipping.cancel')
  })

  test('cancels each order to an address that was removed, and gives the stock back', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    const next = await shop.order(buyer)
    // The address was removed at the very time of the first order.
    await removed(buyer, 2, order.placedAt)
    expect(await read(next.id, buyer)).toMatchObject({ status: 'CANCELLING' })
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'CANCELLING',
      cancelReason: 'ADDRESS_REMOVED',
      history: [{ to: 'PENDING' }, { to: 'CANCELLING', actor: 'shop' }],
    })
    expect((await shop.said(order.id)).at(-1)).toBe('inventory.release')
  })
})

describe('an order keeps its address', () => {
  test('when the address is changed or removed afterwards', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    await saved(buyer, '2 New Street', 2, -1_000)
    await removed(buyer, 3, -2_000)
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'PENDING',
      shippingAddress: { line1: '1 Mill Lane' },
    })
  })

  test('when it is paid and the address is changed afterwards', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    await shop.answer('reserved', order.id)
    await shop.answer('committed', order.id)
    await saved(buyer, '2 New Street', 2, -1_000)
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'CONFIRMED',
      shippingAddress: { line1: '1 Mill Lane' },
    })
  })

  test('when news comes late that its address was removed before it was saved', async () => {
    const buyer = await buyerWithCart()
    await saved(buyer, '2 New Street', 3)
    const { order } = await shop.place(buyer)
    await removed(buyer, 2, 60_000)
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'PENDING',
      shippingAddress: { line1: '2 New Street' },
    })
  })

  test('when another address of the customer is changed', async () => {
    const buyer = await buyerWithCart()
    const { order } = await shop.place(buyer)
    await saved({ ...buyer, addressId: newId('adr') }, '2 New Street', 2, 60_000)
    expect((await read(order.id, buyer)).shippingAddress.line1).toBe('1 Mill Lane')
  })
})

test('each message about an address is answered with the version that checkout has applied', async () => {
  const buyer = await shop.addBuyer()
  await saved(buyer, '2 New Street', 2)
  await removed(buyer, 3)
  const said = (await shop.outbox()).filter(({ subject }) => subject === buyer.addressId)
  expect(said.map(({ type, data }) => [type, data])).toEqual(
    [1, 2, 3].map((version) => ['orders.address.applied', { copyOf: buyer.addressId, version }]),
  )
})

test.each([
  [true, { postalCode: '0150' }],
  [false, { postalCode: '0150' }],
  [true, { region: 'Vestland' }],
  [true, { countryCode: 'SE' }],
])(
  'an unpaid order without shipping is cancelled for another place if it has tax, included: %s, moved to %j',
  async (pricesIncludeTax, place) => {
    await shop.prisma.taxCountry.deleteMany()
    await shop.prisma.taxCountry.create({ data: { countryCode: 'NO', pricesIncludeTax, version: 1 } })
    const rate = { countryCode: 'NO', region: '', category: 'STANDARD', ppm: 250_000, version: 1 }
    await shop.prisma.taxRate.create({ data: { id: newId('txr'), ...rate } })
    const buyer = await buyerWithCart()
    const expectedTotal = { amount: pricesIncludeTax ? '12.99' : '16.24', currencyCode: 'USD' }
    const unpaid = { shippingOptionId: null, paymentMethodId: null, expectedTotal }
    const { order } = await shop.place(buyer, unpaid)
    const data = { addressId: buyer.addressId, userId: buyer.id, ...ADDRESS, line1: '2 New Street' }
    const time = new Date(Date.now() - 60_000).toISOString()
    const about = { subject: buyer.addressId, sequence: 2, time }
    await shop.deliver('users.address.saved', { ...data, countryCode: 'NO', ...place }, about)
    expect(await read(order.id, buyer)).toMatchObject({
      status: 'CANCELLING',
      shippingAddress: { line1: '1 Mill Lane' },
    })
    await shop.prisma.taxRate.deleteMany()
  },
)
