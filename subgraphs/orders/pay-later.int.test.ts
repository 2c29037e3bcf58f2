import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { PAY, SET_TAX_COUNTRY, SET_TAX_RATE } from './testing/operations.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  // Tax on top of shipping alone, so that an order without shipping costs what its cart shows.
  await set(SET_TAX_COUNTRY, { countryCode: 'NO', pricesIncludeTax: false })
  await set(SET_TAX_RATE, { countryCode: 'NO', category: 'SHIPPING', percent: '10' })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders ('])

async function set(operation: string, input: object) {
  const { errors } = await shop.execute(
    operation,
    { input: { idempotencyKey: newId('evt'), ...input } },
    clerk,
  )
  expect(errors).toEqual([])
}

const usd = (amount: string) => ({ amount, currencyCode: 'USD' })

type Placed = { id: string; cartId: string; grandTotal: { amount: string; currencyCode: string } }

/** An order for units of 12.99, without a shipping option and a payment method unless `more` names them. */
async function placed(buyer: TestBuyer, more: object = {}, units = 1): Promise<Placed> {
  const cart = await shop.fill(buyer.viewer, await shop.addSock(), units)
  const { order, userErrors } = await shop.place(buyer, {
    shippingOptionId: undefined,
    paymentMethodId: undefined,
    ...more,
  })
  expect(userErrors).toEqual([])
  return { ...order, cartId: cart.id }
}

/** An option for the one unit of such an order, for 4.90. */
const optionFor = async ({ cartId }: Placed, buyer: TestBuyer, more: object = {}) =>
  shop.option(null, buyer.addressId, { cartId, grams: 60, amountMinor: '490', ...more })

async function pay(buyer: TestBuyer, input: object) {
  const asked = { idempotencyKey: newId('evt'), ...input }
  const { data, errors } = await shop.execute(PAY, { input: asked }, buyer.viewer)
  expect(errors).toEqual([])
  return data.payOrder
}

const accountant = staff('orders:read', 'payments:read')

/** An order as staff see it who may read payments. */
async function read(id: string) {
  const { data } = await shop.execute(
    `query ($id: ID!) { order(id: $id) { status version cancelReason payable payUntil paymentMethod { id }
      shippingTotal { amount } taxTotal { amount } includedTaxTotal { amount } grandTotal { amount } } }`,
    { id },
    accountant,
  )
  return data.order
}

/** The data of each `payments.authorize` about an order. */
async function authorize(orderId: string) {
  const rows = (await shop.outbox()).filter(
    (row) => row.subject === orderId && row.type === 'payments.authorize',
  )
  // Every command's data is an object.
  return rows.map(({ data }) => data as Record<string, unknown>)
}

/** The published totals, each with a greater sequence than the previous one. */
async function expectSummaries(orderId: string, totals: readonly string[]): Promise<void> {
  const summaries = (await shop.outbox()).filter(
    ({ subject, type }) => subject === orderId && type === 'orders.order.summarised',
  )
  expect(summaries).toMatchObject(totals.map((amountMinor) => ({ data: { grandTotal: { amountMinor } } })))
  const sequences = summaries.map(({ sequence }) => sequence)
  expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b))
}

describe('an order without shipping option and payment method', () => {
  test('costs its lines, holds its stock, and asks payments for nothing', async () => {
    const order = await placed(await shop.addBuyer())
    expect(await read(order.id)).toMatchObject({ status: 'PENDING', payable: true, payUntil: null })
    await shop.answer('reserved', order.id)
    expect(await read(order.id)).toMatchObject({
      status: 'AWAITING_PAYMENT',
      payable: true,
      payUntil: '2026-11-21T09:12:00.000Z',
      paymentMethod: null,
      shippingTotal: { amount: '0.00' },
      grandTotal: { amount: '12.99' },
    })
    expect(await shop.said(order.id)).toEqual(['orders.order.placed', 'inventory.reserve'])
  })

  test('is completed by payOrder: shipping and its tax are added, and the whole is charged', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer)
    await shop.answer('reserved', order.id)
    const paymentMethodId = newId('pmt')
    const asked = { orderId: order.id, shippingOptionId: await optionFor(order, buyer), paymentMethodId }
    expect((await pay(buyer, { ...asked, expectedTotal: usd('18.38') })).userErrors).toEqual([])
    expect(await read(order.id)).toMatchObject({
      status: 'AWAITING_PAYMENT',
      payable: false,
      paymentMethod: { id: paymentMethodId },
      shippingTotal: { amount: '4.90' },
      taxTotal: { amount: '0.49' },
      grandTotal: { amount: '18.38' },
    })
    const amount = { amountMinor: '1838', currencyCode: 'USD' }
    expect(await authorize(order.id)).toMatchObject([{ paymentMethodId, amount }])
    await expectSummaries(order.id, ['1299', '1838'])
    await shop.deliver('payments.payment.authorized', { orderId: order.id }, { subject: order.id })
    await shop.answer('committed', order.id)
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED', payUntil: null })
    expect((await shop.said(order.id)).slice(-1)).toEqual(['shipping.create'])
    const create = (await shop.outbox()).find(
      ({ subject, type }) => subject === order.id && type === 'shipping.create',
    )
    const option = { rateId: 'rat_1', carrier: 'Puffin Post', service: 'Standard' }
    expect(create?.data).toMatchObject(option)
  })

  test.each([
    [
      'on top of it, by the rate of its region',
      'US',
      'mn',
      { before: '14.29', tax: '1.59', included: '0.00', total: '19.48', ofShipping: [29n, 0n] },
    ],
    [
      'within it, where prices hold the tax',
      'DE',
      null,
      { before: '12.99', tax: '0.00', included: '1.96', total: '17.89', ofShipping: [0n, 78n] },
    ],
  ])('has the tax of its shipping %s', async (_, countryCode, region, expected) => {
    const { before, tax, included, total, ofShipping } = expected
    await set(SET_TAX_COUNTRY, { countryCode, pricesIncludeTax: countryCode === 'DE' })
    await set(SET_TAX_RATE, { countryCode, percent: '10' })
    await set(SET_TAX_RATE, { countryCode, category: 'SHIPPING', percent: '19' })
    if (region) await set(SET_TAX_RATE, { countryCode, region, category: 'SHIPPING', percent: '6' })
    const buyer = await shop.addBuyer()
    const address = {
      recipient: 'Ada',
      line1: '1 Mill Lane',
      city: 'X',
      postalCode: '1',
      region,
      countryCode,
    }
    const data = { addressId: buyer.addressId, userId: buyer.id, ...address }
    await shop.deliver('users.address.saved', data, { subject: buyer.addressId, sequence: 2 })
    const order = await placed(buyer, { expectedTotal: usd(before) })
    const asked = { orderId: order.id, shippingOptionId: await optionFor(order, buyer) }
    const input = { ...asked, paymentMethodId: newId('pmt'), expectedTotal: usd(total) }
    expect((await pay(buyer, input)).userErrors).toEqual([])
    expect(await read(order.id)).toMatchObject({
      taxTotal: { amount: tax },
      includedTaxTotal: { amount: included },
      grandTotal: { amount: total },
    })
    // The amount that is refunded with the shipping price.
    const row = await shop.prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect([row.shippingTaxMinor, row.shippingIncludedTaxMinor]).toEqual(ofShipping)
  })

  test('is completed before its stock is held as well, with an option for the weight of all its units', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer, {}, 2)
    const asked = {
      orderId: order.id,
      shippingOptionId: await optionFor(order, buyer, { grams: 120 }),
      paymentMethodId: newId('pmt'),
    }
    expect((await pay(buyer, { ...asked, expectedTotal: usd('31.37') })).userErrors).toEqual([])
    expect(await read(order.id)).toMatchObject({ status: 'PENDING', payable: false })
    const again = await pay(buyer, { ...asked, shippingOptionId: null, expectedTotal: usd('31.37') })
    expect(again.userErrors).toMatchObject([{ __typename: 'NotPayableError', payStatus: 'PENDING' }])
    await expectSummaries(order.id, ['2598', '3137'])
    await shop.answer('reserved', order.id)
    expect(await authorize(order.id)).toHaveLength(1)
  })

  test('is completed with an option for another weight if the weight of one of its products is unknown', async () => {
    const buyer = await shop.addBuyer()
    const unknown = await shop.addSock()
    await shop.fill(buyer.viewer, unknown)
    const { variantId } = unknown
    await shop.prisma.knownVariant.update({ where: { variantId }, data: { weightGrams: null } })
    const order = await placed(buyer)
    const shippingOptionId = await optionFor(order, buyer, { grams: 999 })
    const asked = { orderId: order.id, shippingOptionId, paymentMethodId: newId('pmt') }
    expect((await pay(buyer, { ...asked, expectedTotal: usd('31.37') })).userErrors).toEqual([])
  })

  test('is cancelled when nothing is chosen within twelve minutes, and its lines come back', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer)
    await shop.answer('reserved', order.id)
    const before = now
    try {
      now = new Date(before.getTime() + 12 * 60_000)
      await shop.runTimer('resume-sagas')
    } finally {
      now = before
    }
    expect(await read(order.id)).toMatchObject({ status: 'CANCELLING', payable: false })
    await shop.answer('released', order.id)
    expect(await read(order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'PAYMENT_TIMEOUT',
      payable: false,
    })
    expect((await shop.cart(buyer.viewer))?.lines).toMatchObject([{ quantity: 1 }])
    expect(await authorize(order.id)).toEqual([])
    const { order: none, userErrors } = await pay(buyer, {
      orderId: order.id,
      shippingOptionId: await optionFor(order, buyer),
      paymentMethodId: newId('pmt'),
      expectedTotal: usd('18.38'),
    })
    expect(none).toBeNull()
    expect(userErrors).toMatchObject([{ __typename: 'NotPayableError', payStatus: 'CANCELLED' }])
  })
})

describe('an order that lacks one of the two', () => {
  test('needs only the payment method when its option was chosen', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer, { shippingOptionId: undefined, paymentMethodId: undefined })
    const cart = await shop.fill(buyer.viewer, await shop.addSock())
    const shippingOptionId = await shop.option(cart, buyer.addressId, { amountMinor: '490' })
    const chosen = { shippingOptionId, paymentMethodId: null, expectedTotal: usd('18.38') }
    const { order: sent } = await shop.place(buyer, chosen)
    expect(sent.id).not.toBe(order.id)
    const asked = { orderId: sent.id, expectedTotal: sent.grandTotal }
    expect((await pay(buyer, asked)).userErrors).toMatchObject([
      { path: ['paymentMethodId'], message: expect.stringContaining('paymentMethodId is missing') },
    ])
    const again = { ...asked, shippingOptionId, paymentMethodId: newId('pmt') }
    expect((await pay(buyer, again)).userErrors).toMatchObject([
      { path: ['shippingOptionId'], message: expect.stringContaining('has a shipping option already') },
    ])
    const option = { shipRateId: 'rat_1', shipCarrier: 'Puffin Post', shipService: 'Standard' }
    const rest = { shippingMinor: 490n, shippingTaxMinor: 49n, taxMinor: 49n, totalMinor: 1838n }
    expect((await pay(buyer, { ...asked, paymentMethodId: newId('pmt') })).userErrors).toEqual([])
    const row = await shop.prisma.order.findUnique({ where: { id: sent.id } })
    expect(row).toMatchObject({ ...option, ...rest, payLater: false })
  })

  test('is charged by the method that it was placed with when only the option is chosen later', async () => {
    const buyer = await shop.addBuyer()
    const paymentMethodId = newId('pmt')
    const order = await placed(buyer, { paymentMethodId })
    await shop.answer('reserved', order.id, { unpaid: true })
    expect(await authorize(order.id)).toEqual([])
    const asked = { orderId: order.id, expectedTotal: usd('18.38') }
    expect((await pay(buyer, asked)).userErrors).toMatchObject([{ path: ['shippingOptionId'] }])
    const shippingOptionId = await optionFor(order, buyer)
    expect((await pay(buyer, { ...asked, shippingOptionId })).userErrors).toEqual([])
    expect(await authorize(order.id)).toMatchObject([{ paymentMethodId }])
  })
})

describe('payOrder', () => {
  test('refuses another total, an option for something else, and an order of another customer', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer)
    const good = {
      orderId: order.id,
      shippingOptionId: await optionFor(order, buyer),
      paymentMethodId: newId('pmt'),
      expectedTotal: usd('18.38'),
    }
    expect((await pay(buyer, { ...good, expectedTotal: usd('12.99') })).userErrors).toMatchObject([
      { __typename: 'PriceChangedError', currentTotal: usd('18.38') },
    ])
    const heavier = await optionFor(order, buyer, { grams: 61 })
    expect((await pay(buyer, { ...good, shippingOptionId: heavier })).userErrors).toMatchObject([
      { __typename: 'ShippingOptionExpiredError' },
    ])
    const stranger = await shop.addBuyer()
    const [refused] = (await pay(stranger, good)).userErrors
    const [unknown] = (await pay(stranger, { ...good, orderId: newId('ord') })).userErrors
    expect(refused.message.replace(/ord_[^"]+/, '')).toBe(unknown.message.replace(/ord_[^"]+/, ''))
    expect(await read(order.id)).toMatchObject({ payable: true, grandTotal: { amount: '12.99' } })
  })

  test('is accepted once of several at once, each with a key of its own', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer)
    await shop.answer('reserved', order.id)
    const shippingOptionId = await optionFor(order, buyer)
    const answers = await shop.manyAtOnce(3, () =>
      pay(buyer, {
        orderId: order.id,
        shippingOptionId,
        paymentMethodId: newId('pmt'),
        expectedTotal: usd('18.38'),
      }),
    )
    const accepted = answers.filter((answer) => answer.order !== null)
    expect(accepted).toHaveLength(1)
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([
      { __typename: 'NotPayableError', payStatus: 'AWAITING_PAYMENT' },
      { __typename: 'NotPayableError', payStatus: 'AWAITING_PAYMENT' },
    ])
    expect(await authorize(order.id)).toMatchObject([
      { paymentMethodId: accepted[0].order.paymentMethod.id, amount: { amountMinor: '1838' } },
    ])
  })

  test('answers a repeated key with the same order, and charges once', async () => {
    const buyer = await shop.addBuyer()
    const order = await placed(buyer)
    await shop.answer('reserved', order.id)
    const input = {
      idempotencyKey: newId('evt'),
      orderId: order.id,
      shippingOptionId: await optionFor(order, buyer),
      paymentMethodId: newId('pmt'),
      expectedTotal: usd('18.38'),
    }
    const answers = await Promise.all([1, 2, 3].map(() => pay(buyer, input)))
    expect(answers.map((answer) => answer.order?.id)).toEqual([order.id, order.id, order.id])
    expect(await authorize(order.id)).toHaveLength(1)
  })
})

test('the history of an order that is paid later has all of its steps, each once', async () => {
  const buyer = await shop.addBuyer()
  const order = await placed(buyer)
  await shop.answer('reserved', order.id)
  const asked = {
    orderId: order.id,
    shippingOptionId: await optionFor(order, buyer),
    paymentMethodId: newId('pmt'),
  }
  await pay(buyer, { ...asked, expectedTotal: usd('18.38') })
  await shop.answer('reserved', order.id)
  const { data } = await shop.execute(
    'query ($id: ID!) { order(id: $id) { history { to steps { at actor text } } } }',
    { id: order.id },
    clerk,
  )
  const recorded = await shop.own.prisma.orderStep.findMany({
    where: { orderId: order.id },
    orderBy: { id: 'asc' },
  })
  const shown = data.order.history.flatMap(({ steps }: { steps: { text: string }[] }) => steps)
  expect(shown).toEqual(recorded.map(({ actor, text }) => ({ at: now.toISOString(), actor, text })))
  const chosen = 'The customer chose how to pay. The payment is being authorized.'
  const own = recorded.flatMap(({ actor, text }) => (actor === 'customer' ? [text] : []))
  expect(own).toEqual(['The order is placed. Its stock is being reserved.', chosen])
  expect(shown.length).toBeGreaterThan(data.order.history.length)
})

test('an operation that completes and then cancels an order shows its history after each step', async () => {
  const buyer = await shop.addBuyer()
  const order = await placed(buyer)
  const key = () => ({ idempotencyKey: newId('evt'), orderId: order.id })
  const shippingOptionId = await optionFor(order, buyer)
  const pay = { ...key(), shippingOptionId, paymentMethodId: newId('pmt'), expectedTotal: usd('18.38') }
  const operation = `mutation ($pay: PayOrderInput!, $cancel: CancelOrderInput!) {
    payOrder(input: $pay) { order { ...shown } } cancelOrder(input: $cancel) { order { ...shown } } }
    fragment shown on Order { version history { to steps { text } } }`
  const cancel = { ...key(), expectedVersion: 2 }
  const { data, errors } = await shop.execute(operation, { pay, cancel }, buyer.viewer)
  expect(errors).toEqual([])
  expect(data.payOrder.order).toMatchObject({ version: 2, history: [{ to: 'PENDING' }] })
  const last = await shop.prisma.orderStep.findFirst({
    where: { orderId: order.id },
    orderBy: { id: 'desc' },
  })
  expect(data.cancelOrder.order).toMatchObject({
    version: 3,
    history: [{ to: 'PENDING' }, { to: 'CANCELLING', steps: [{ text: last?.text }] }],
  })
})

test('an order of goods that cost nothing waits for its shipping option', async () => {
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, await shop.addSock())
  await shop.coupon({ code: 'ALL-OFF', percentBasisPoints: 10_000 })
  await shop.apply(buyer, 'ALL-OFF')
  const { order } = await shop.place(buyer, { shippingOptionId: undefined, paymentMethodId: undefined })
  await shop.answer('reserved', order.id, { unpaid: true })
  expect(await read(order.id)).toMatchObject({ payable: true, grandTotal: { amount: '0.00' } })
  expect(await authorize(order.id)).toEqual([])
})
