import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import { ORDER } from './testing/operations.ts'

const now = new Date('2026-11-21T09:00:00Z')
const clock = () => now
let shop: Shop

beforeAll(async () => {
  shop = await openOrders({ clock })
  // The key of shipping before the current one.
  const older = { keyId: 'qky_0', publicKey: 'A'.repeat(43), notAfter: '2099-01-01T00:00:00.000Z' }
  await shop.deliver('shipping.quote_key.published', older, { subject: older.keyId })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders ('])

async function read(orderId: string, { viewer }: TestBuyer) {
  return (await shop.execute(ORDER, { id: orderId }, viewer)).data.order
}

describe('an order', () => {
  test('is placed from a cart, reserved, committed and confirmed', async () => {
    const buyer = await shop.addBuyer()
    const [crew, ankle] = [
      await shop.addSock(),
      await shop.addSock({ prices: { USD: '850' }, title: 'Ankle' }),
    ]
    await shop.fill(buyer.viewer, crew, 2)
    await shop.fill(buyer.viewer, ankle, 1)

    const { order, userErrors } = await shop.place(buyer)

    expect(userErrors).toEqual([])
    expect(order).toMatchObject({
      status: 'PENDING',
      version: 1,
      number: expect.stringMatching(/^A-\w{4}-\w{4}$/),
      placedAt: now.toISOString(),
      customer: { id: buyer.id },
      lines: [
        {
          titleAtPurchase: 'Merino Crew, M',
          skuAtPurchase: `SKU-${crew.variantId.slice(-6)}`,
          quantity: 2,
          unitPrice: { amount: '12.99' },
          lineTotal: { amount: '25.98' },
        },
        {
          titleAtPurchase: 'Ankle, M',
          quantity: 1,
          lineTotal: { amount: '8.50' },
          variant: { id: ankle.variantId },
        },
      ],
      subtotal: { amount: '34.48', currencyCode: 'USD' },
      discountTotal: { amount: '0.00' },
      shippingTotal: { amount: '0.00' },
      taxTotal: { amount: '0.00' },
      grandTotal: { amount: '34.48' },
      shippingAddress: { recipient: 'Ada Lund', line2: null, countryCode: 'NO' },
      history: [{ from: null, to: 'PENDING', at: now.toISOString(), actor: 'customer' }],
    })

    await shop.answer('reserved', order.id)
    await shop.answer('committed', order.id)

    expect(await read(order.id, buyer)).toMatchObject({
      status: 'CONFIRMED',
      version: 3,
      history: [
        { to: 'PENDING' },
        { from: 'PENDING', to: 'AWAITING_PAYMENT' },
        { from: 'AWAITING_PAYMENT', to: 'CONFIRMED', at: now.toISOString(), actor: 'shop' },
      ],
    })
    expect(await shop.said(order.id)).toEqual([
      'orders.order.placed',
      'inventory.reserve',
      'payments.authorize',
      'inventory.commit',
      'payments.capture',
      'orders.order.confirmed',
      'shipping.create',
    ])
    const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })
    const { id: orderId, number } = order
    const whose = { orderId, number, customerId: buyer.id }
    const told = Object.fromEntries(
      (await shop.outbox()).flatMap(({ subject, type, data }) => (subject === orderId ? [[type, data]] : [])),
    )
    expect(told).toMatchObject({
      'orders.order.placed': {
        ...{ ...whose, grandTotal: usd('3448') },
        lines: [
          { ...crew, quantity: 2, unitPrice: usd('1299') },
          { ...ankle, quantity: 1, unitPrice: usd('850') },
        ],
      },
      'orders.order.summarised': {
        ...{ ...whose, email: null, guestProofHash: null, countryCode: 'NO', grandTotal: usd('3448') },
        lines: [
          { title: 'Merino Crew, M', quantity: 2, total: usd('2598') },
          { title: 'Ankle, M', quantity: 1, total: usd('850') },
        ],
      },
      'inventory.reserve': {
        ...{ orderId, customerId: buyer.id, ttlSeconds: 900 },
        lines: [crew, ankle].map(({ variantId }, index) => ({ variantId, quantity: 2 - index })),
      },
    })
  })

  test('spends its cart: the next line begins a new one', async () => {
    const buyer = await shop.addBuyer()
    const before = await shop.fill(buyer.viewer, await shop.addSock())
    await shop.place(buyer)
    expect(await shop.cart(buyer.viewer)).toBeNull()
    expect((await shop.fill(buyer.viewer, await shop.addSock())).id).not.toBe(before.id)
  })

  test('keeps its prices and titles when the catalogue changes', async () => {
    const buyer = await shop.addBuyer()
    const sock = await shop.addSock()
    const order = await shop.order(buyer, sock)
    await shop.setPrice(sock, { USD: '9999' }, 2)
    await shop.setStatus(sock, 'ARCHIVED', 3)
    expect((await read(order.id, buyer)).lines[0]).toMatchObject({ unitPrice: { amount: '12.99' } })
  })

  test('whose stock is rejected is cancelled', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    await shop.answer('rejected', id)
    expect(await read(id, buyer)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'OUT_OF_STOCK',
      version: 2,
    })
  })

  test.each(['USD', 'EUR', 'JPY'])('adds up in %s', async (currencyCode) => {
    const buyer = await shop.addBuyer()
    await shop.fill(buyer.viewer, await shop.addSock(), 3, { currencyCode })
    const { order } = await shop.place(buyer)
    const total = { USD: '38.97', EUR: '35.97', JPY: '5400' }[currencyCode]
    expect(order.grandTotal).toEqual({ amount: total, currencyCode })
  })
})

describe('placing an order is refused', () => {
  let buyer: TestBuyer
  let sock: Sock
  beforeAll(async () => {
    buyer = await shop.addBuyer()
    sock = await shop.addSock({ available: 3 })
    await shop.fill(buyer.viewer, sock, 2)
  })

  /** Expects these errors and no new order. */
  async function expectRefusal(more: object, ...errors: object[]) {
    const before = [await shop.cart(buyer.viewer), (await shop.outbox()).length]
    const refused = await shop.place(buyer, more)
    expect(refused).toMatchObject({ order: null, userErrors: errors })
    expect([await shop.cart(buyer.viewer), (await shop.outbox()).length]).toEqual(before)
  }

  test('when the total is not the one agreed to', async () => {
    const currentTotal = { amount: '25.98', currencyCode: 'USD' }
    const error = { __typename: 'PriceChangedError', path: ['expectedTotal'], currentTotal }
    const message = expect.stringMatching(/^expectedTotal is .*25\.97.*, but the total now is .*25\.98/)
    await expectRefusal({ expectedTotal: { amount: '25.97', currencyCode: 'USD' } }, { ...error, message })
    await expectRefusal({ expectedTotal: { amount: '25.98', currencyCode: 'EUR' } }, error)
    await expectRefusal({ expectedTotal: { amount: '-25.98', currencyCode: 'USD' } }, error)
  })

  test('when the cart is not as the customer saw it', async () => {
    const error = { __typename: 'VersionConflictError', path: ['expectedCartVersion'], currentVersion: 2 }
    await expectRefusal({ expectedCartVersion: 1 }, error)
  })

  test("when the address is another customer's, removed, or none", async () => {
    const other = await shop.addBuyer()
    const refusal = { __typename: 'ValidationError', path: ['shippingAddressId'] }
    await expectRefusal({ shippingAddressId: other.addressId }, refusal)
    await expectRefusal({ shippingAddressId: 'adr_0199a5c2-8c00-7000-8000-0000000000c1' }, refusal)
    const gone = await shop.addBuyer()
    await shop.deliver(
      'users.address.removed',
      { addressId: gone.addressId, userId: gone.id },
      { subject: gone.addressId, sequence: 2 },
    )
    await shop.fill(gone.viewer, sock)
    expect((await shop.place(gone)).userErrors).toMatchObject([refusal])
  })

  test('when another customer names the cart, exactly as if it were not there', async () => {
    const thief = await shop.addBuyer()
    const cart = await shop.cart(buyer.viewer)
    const more = { expectedCartVersion: 2, expectedTotal: cart?.total }
    const missing = newId('crt')
    const [stolen] = (await shop.place(thief, { ...more, cartId: cart?.id })).userErrors
    const [unknown] = (await shop.place(thief, { ...more, cartId: missing })).userErrors
    expect(stolen.message.replace(cart?.id, missing)).toBe(unknown.message)
  })

  test('when the read model knows that there is too little', async () => {
    const short = await shop.addBuyer()
    const rare = await shop.addSock({ available: 5 })
    await shop.fill(short.viewer, rare, 5)
    const less = { variantId: rare.variantId, status: 'LOW_STOCK', availableQuantity: 4 }
    await shop.deliver('inventory.availability.changed', less, { subject: rare.variantId, sequence: 2 })
    const { userErrors } = await shop.place(short)
    expect(userErrors).toMatchObject([{ __typename: 'InsufficientStockError', availableQuantity: 4 }])
  })

  test('when a line has left the shop, or the cart is empty', async () => {
    const late = await shop.addBuyer()
    const gone = await shop.addSock()
    const { id: cartId, lines } = await shop.fill(late.viewer, gone)
    await shop.setStatus(gone, 'ARCHIVED', 2)
    expect((await shop.place(late)).userErrors).toMatchObject([
      { __typename: 'ValidationError', path: ['cartId'] },
    ])
    const remove = `mutation ($input: RemoveCartLineInput!) { removeCartLine(input: $input) { cart { id } } }`
    await shop.execute(remove, { input: { cartId, expectedVersion: 2, lineId: lines[0]?.id } }, late.viewer)
    const { userErrors } = await shop.place(late)
    expect(userErrors[0].message).toContain('empty')
  })

  test('when the cart is a guest cart that was not claimed', async () => {
    const guest = await shop.fill(anonymous, sock)
    const more = { cartId: guest.id, expectedCartVersion: guest.version, expectedTotal: guest.total }
    const { userErrors } = await shop.place(buyer, more)
    expect(userErrors[0].message).toContain('claimCart')
  })
})

describe('repeated and concurrent requests', () => {
  test('the same key places one order and gives one answer, one after the other and at once', async () => {
    const buyer = await shop.addBuyer()
    const cart = await shop.fill(buyer.viewer, await shop.addSock())
    const same = {
      idempotencyKey: newId('evt'),
      cartId: cart.id,
      expectedCartVersion: cart.version,
      expectedTotal: cart.total,
      shippingOptionId: await shop.option(cart, buyer.addressId),
      paymentMethodId: newId('pmt'),
    }
    const answers = await shop.manyAtOnce(8, () => shop.place(buyer, same))
    const again = await shop.place(buyer, same)
    expect(new Set([...answers, again].map(({ order }) => order?.id)).size).toBe(1)
    expect(await shop.prisma.order.count({ where: { customerId: buyer.id } })).toBe(1)
    expect(await shop.said(again.order.id)).toEqual(['orders.order.placed', 'inventory.reserve'])
  })

  test('the same key with another input is refused', async () => {
    const buyer = await shop.addBuyer()
    const { id: cartId, version, total } = await shop.fill(buyer.viewer, await shop.addSock())
    const first = { idempotencyKey: 'k', cartId, expectedCartVersion: version, expectedTotal: total }
    await shop.place(buyer, first)
    const { userErrors } = await shop.place(buyer, { ...first, expectedCartVersion: 9 })
    expect(userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReusedError' }])
  })

  test('two orders of one cart at once: one is placed', async () => {
    const buyer = await shop.addBuyer()
    const { id: cartId, version, total } = await shop.fill(buyer.viewer, await shop.addSock())
    const same = { cartId, expectedCartVersion: version, expectedTotal: total }
    const answers = await shop.manyAtOnce(6, () => shop.place(buyer, same))
    expect(answers.filter(({ order }) => order !== null)).toHaveLength(1)
    const refusals = answers.flatMap(({ userErrors }) => userErrors)
    expect(refusals).toHaveLength(5)
    expect(new Set(refusals.map(({ __typename }) => __typename))).toEqual(new Set(['ValidationError']))
  })
})

test('an order number that is taken is drawn again', async () => {
  const { orderStore } = await import('./order/order-store.ts')
  const buyer = await shop.addBuyer()
  const { number } = await shop.order(buyer)
  const numbers = [number, number, number, number, 'A-0000-0000']
  const draws: string[] = []
  const drawNumber = () => {
    draws.push(numbers.shift() ?? number)
    return draws.at(-1) ?? ''
  }
  const store = orderStore({ prisma: shop.prisma, clock, drawNumber })
  const { id: cartId, version } = await shop.fill(buyer.viewer, await shop.addSock())
  const agreed = {
    expectedCartVersion: version,
    expectedTotal: { minor: 1299n, currency: 'USD' as const },
    quote: null,
    paymentMethodId: null,
  }
  const request = { idempotencyKey: 'n', cartId, shippingAddressId: buyer.addressId, ...agreed }
  const decision = await store.place(buyer.id, request)
  expect(decision.ok).toBe(true)
  expect(await shop.prisma.order.count({ where: { number: 'A-0000-0000' } })).toBe(1)
  const next = await shop.fill(buyer.viewer, await shop.addSock())
  const again = { ...request, idempotencyKey: 'm', cartId: next.id, expectedCartVersion: next.version }
  draws.length = 0
  await expect(store.place(buyer.id, again)).rejects.toThrow('orders_number_key')
  expect(draws).toEqual(Array(5).fill(number))
  draws.length = 0
  const $transaction = () => Promise.reject(new Error('the database is gone'))
  const broken = orderStore({ prisma: { $transaction } as never, clock, drawNumber })
  await expect(broken.place(buyer.id, again)).rejects.toThrow('the database is gone')
  expect(draws).toHaveLength(1)
})

/** The id of an address that was made at the time of the clock. */
function newAddressId(): string {
  const time = now.getTime().toString(16).padStart(12, '0')
  return `adr_${time.slice(0, 8)}-${time.slice(8)}${newId('adr').slice('adr_01931b6a-5c00'.length)}`
}

test('an address saved this moment is waited for, since word of it may be on its way', async () => {
  const { orderStore } = await import('./order/order-store.ts')
  const buyer = await shop.addBuyer()
  const addressId = newAddressId()
  const { id: cartId, version } = await shop.fill(buyer.viewer, await shop.addSock())
  let pauses = 0
  const store = orderStore({
    prisma: shop.prisma,
    clock,
    pause: async () => {
      pauses += 1
      if (pauses < 3) return
      const address = { recipient: 'A', line1: 'B', city: 'C', postalCode: '1', countryCode: 'NO' }
      await shop.deliver(
        'users.address.saved',
        { addressId, userId: buyer.id, ...address },
        { subject: addressId },
      )
    },
  })
  const agreed = {
    expectedCartVersion: version,
    expectedTotal: { minor: 1299n, currency: 'USD' as const },
    quote: null,
    paymentMethodId: null,
  }
  const request = { idempotencyKey: 'n', cartId, shippingAddressId: addressId, ...agreed }
  const decision = await store.place(buyer.id, request)
  expect(decision.ok).toBe(true)
  expect(pauses).toBe(3)
})

test.each([
  [9_999, 10],
  [-9_999, 10],
  [10_000, 0],
])(
  'an unknown address that was made %i ms ago is looked for %i times more, at intervals of 100 ms',
  async (age, times) => {
    const { orderStore } = await import('./order/order-store.ts')
    const buyer = await shop.addBuyer()
    const shippingAddressId = newAddressId()
    const { id: cartId, version } = await shop.fill(buyer.viewer, await shop.addSock())
    const pauses: number[] = []
    const store = orderStore({
      prisma: shop.prisma,
      clock: () => new Date(now.getTime() + age),
      pause: async (ms) => pauses.push(ms),
    })
    const expectedTotal = { minor: 1299n, currency: 'USD' as const }
    const agreed = { expectedCartVersion: version, expectedTotal, quote: null, paymentMethodId: null }
    const request = { idempotencyKey: 'n', cartId, shippingAddressId, ...agreed }
    const decision = await store.place(buyer.id, request)
    expect(decision).toMatchObject({ ok: false, errors: [{ path: ['shippingAddressId'] }] })
    expect(pauses).toEqual(Array(times).fill(100))
  },
)

test('staff read every order; the list goes on where a page ended, and can be narrowed by status', async () => {
  const list = `query ($first: Int, $after: String, $status: OrderStatus) {
    orders(first: $first, after: $after, status: $status) { edges { node { id status } } pageInfo { hasNextPage endCursor } } }`
  // Ids decide among orders of one instant.
  await shop.prisma.$executeRaw`UPDATE orders SET placed_at = now() - abs(hashtext(id)) % 3 * interval '1 s'`
  await shop.prisma.$executeRaw`ANALYZE orders`
  const ids: string[] = []
  let after: string | null = null
  do {
    const { data } = await shop.execute(list, { first: 7, after }, clerk)
    ids.push(...data.orders.edges.map(({ node }: { node: { id: string } }) => node.id))
    after = data.orders.pageInfo.hasNextPage ? data.orders.pageInfo.endCursor : null
  } while (after)
  const orderBy = [{ placedAt: 'desc' as const }, { id: 'desc' as const }]
  expect(ids).toEqual((await shop.prisma.order.findMany({ orderBy })).map(({ id }) => id))
  const { data } = await shop.execute(list, { first: 100, status: 'CONFIRMED' }, clerk)
  const statuses = data.orders.edges.map(({ node }: { node: { status: string } }) => node.status)
  expect(new Set(statuses)).toEqual(new Set(['CONFIRMED']))
})
