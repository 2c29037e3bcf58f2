import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_ASSIGNMENTS } from './tax/tax-store.ts'
import { clerk, eventPrices, openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import {
  ASSIGN_TAX_CATEGORY,
  PLACE_AS_GUEST,
  REMOVE_TAX_RATE,
  SET_TAX_COUNTRY,
  SET_TAX_RATE,
  TOTALS,
} from './testing/operations.ts'
import { payloadOf } from './testing/payloads.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
  await set(SET_TAX_COUNTRY, { countryCode: 'DE', pricesIncludeTax: true })
  await set(SET_TAX_RATE, { countryCode: 'DE', percent: '19' })
  await set(SET_TAX_COUNTRY, { countryCode: 'us', pricesIncludeTax: false })
  await set(SET_TAX_RATE, { countryCode: 'US', percent: '5' })
  await set(SET_TAX_RATE, { countryCode: 'US', region: 'mn', percent: '6.875' })
  await set(SET_TAX_RATE, { countryCode: 'US', region: 'MN', category: 'clothing', percent: '0' })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

async function set(operation: string, input: object, viewer = clerk) {
  const all = { idempotencyKey: newId('evt'), ...input }
  const { data, errors } = await shop.execute(operation, { input: all }, viewer)
  expect(errors).toEqual([])
  // biome-ignore lint/suspicious/noExplicitAny: assertions read the response by path
  return Object.values(data)[0] as any
}

const usd = (amount: string) => ({ amount, currencyCode: 'USD' })

async function totals(buyer: TestBuyer, destination: Record<string, unknown>) {
  const { data, errors } = await shop.execute(TOTALS, destination, buyer.viewer)
  return { totals: data.cart?.totals ?? null, errors }
}

async function moveTo(buyer: TestBuyer, countryCode: string, region: string | null) {
  const address = { recipient: 'Ada', line1: '1 Mill Lane', city: 'X', postalCode: '1' }
  const data = { addressId: buyer.addressId, userId: buyer.id, ...address, region, countryCode }
  await shop.deliver('users.address.saved', data, { subject: buyer.addressId, sequence: 2 })
}

/** A buyer with three units at 12.99 and one at 0.10. */
async function aBuyer(): Promise<TestBuyer> {
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, await shop.addSock(), 3)
  await shop.fill(buyer.viewer, await shop.addSock({ prices: { USD: '10' } }), 1)
  return buyer
}

test('a region whose capitals PostgreSQL writes differently costs in the order what it costs in the cart', async () => {
  await set(SET_TAX_RATE, { countryCode: 'US', region: 'Weißenburg', percent: '20' })
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, await shop.addSock())
  await moveTo(buyer, 'US', 'Weißenburg')
  const { grandTotal } = (await totals(buyer, { countryCode: 'US', region: 'Weißenburg' })).totals
  expect(grandTotal).toEqual(usd('15.59'))
  const placed = await shop.place(buyer, {
    shippingOptionId: undefined,
    paymentMethodId: undefined,
    expectedTotal: grandTotal,
  })
  expect(placed.userErrors).toEqual([])
})

test.each(['a\u0000b', 'x'.repeat(101), 'a\u202eb'])(
  'a destination in the region %j is refused',
  async (region) => {
    const { errors } = await totals(await aBuyer(), { countryCode: 'US', region })
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('region is') },
    ])
  },
)

describe('a cart at a destination', () => {
  test('where prices hold the tax shows it, and costs the same', async () => {
    const buyer = await aBuyer()
    expect((await totals(buyer, { countryCode: 'DE' })).totals).toMatchObject({
      taxTotal: usd('0.00'),
      includedTaxTotal: usd('6.24'),
      pricesIncludeTax: true,
      grandTotal: usd('39.07'),
      lines: [{ taxRate: '19', includedTax: usd('6.22') }, { includedTax: usd('0.02') }],
    })
  })

  test('where tax comes on top shows it for each line, rounded there', async () => {
    const buyer = await aBuyer()
    expect((await totals(buyer, { countryCode: 'US', region: 'mn' })).totals).toMatchObject({
      taxTotal: usd('2.69'),
      includedTaxTotal: usd('0.00'),
      grandTotal: usd('41.76'),
      lines: [{ taxRate: '6.875', tax: usd('2.68') }, { tax: usd('0.01') }],
    })
    const elsewhere = await totals(buyer, { countryCode: 'US', region: 'OR' })
    expect(elsewhere.totals).toMatchObject({ taxTotal: usd('1.96'), grandTotal: usd('41.03') })
    const place = { countryCode: 'US', postalCode: '97201' }
    const option = await shop.option(await shop.cart(buyer.viewer), '', { ...place, amountMinor: '480' })
    expect((await totals(buyer, { ...place, region: 'OR', option })).totals).toMatchObject({
      ...{ shippingTotal: usd('4.80'), shippingTax: usd('0.24'), taxTotal: usd('2.20') },
      grandTotal: usd('46.07'),
    })
  })

  test('where the shop raises none costs its lines', async () => {
    const buyer = await aBuyer()
    expect((await totals(buyer, { countryCode: 'NO' })).totals).toMatchObject({
      taxTotal: usd('0.00'),
      includedTaxTotal: usd('0.00'),
      grandTotal: usd('39.07'),
    })
  })

  test('is taxed after its discount', async () => {
    await shop.coupon({ code: 'HALF', percentBasisPoints: 5_000 })
    const buyer = await aBuyer()
    await shop.apply(buyer, 'HALF')
    expect((await totals(buyer, { countryCode: 'US' })).totals).toMatchObject({
      discountTotal: usd('19.54'),
      taxTotal: usd('0.97'),
      grandTotal: usd('20.50'),
    })
  })

  test.each([
    [{ countryCode: 'Q9' }, 'Q9'],
    [{ countryCode: 'DE', region: 'x'.repeat(101) }, 'region'],
    [{ countryCode: 'DE', postalCode: '#' }, '#'],
    [{ countryCode: 'Q9', postalCode: '#' }, '; postalCode is "#"'],
    [{ countryCode: 'DE', postalCode: '1', option: 'nonsense' }, 'nonsense'],
  ])('%o is refused', async (destination, shown) => {
    const { errors } = await totals(await aBuyer(), destination)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(errors[0]?.message).toContain(shown)
  })

  test('with a shipping option and without the postal code that it is for is refused', async () => {
    const buyer = await aBuyer()
    const option = await shop.option(await shop.cart(buyer.viewer), buyer.addressId)
    const { errors } = await totals(buyer, { countryCode: 'NO', option })
    expect(errors[0]?.message).toContain('with the postalCode that it is for')
  })
})

describe('an order', () => {
  test('costs what the cart showed for its address, and keeps its tax when the rate changes', async () => {
    const buyer = await aBuyer()
    await moveTo(buyer, 'US', 'MN')
    const { totals: shown } = await totals(buyer, { countryCode: 'US', region: 'MN' })
    expect((await shop.place(buyer)).userErrors).toMatchObject([
      { __typename: 'PriceChangedError', currentTotal: shown.grandTotal },
    ])
    const { order } = await shop.place(buyer, { expectedTotal: shown.grandTotal })
    expect(order).toMatchObject({ taxTotal: usd('2.69'), grandTotal: usd('41.76'), subtotal: usd('39.07') })
    const lines = await shop.prisma.orderLine.findMany({ where: { orderId: order.id } })
    expect(lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0n)).toBe(269n)
  })

  test('where prices hold the tax has that of each line and of its shipping', async () => {
    const buyer = await aBuyer()
    await moveTo(buyer, 'DE', null)
    const shippingOptionId = await shop.option(await shop.cart(buyer.viewer), buyer.addressId, {
      amountMinor: '595',
    })
    const destination = { countryCode: 'DE', postalCode: '1', option: shippingOptionId }
    expect((await totals(buyer, destination)).totals).toMatchObject({
      ...{ subtotal: usd('39.07'), discountTotal: usd('0.00'), shippingTotal: usd('5.95') },
      ...{ shippingTax: usd('0.00'), taxTotal: usd('0.00'), includedTaxTotal: usd('7.19') },
      grandTotal: usd('45.02'),
    })
    const { order } = await shop.place(buyer, { shippingOptionId, expectedTotal: usd('45.02') })
    const query = `{ order(id: "${order.id}") { taxTotal { amount } includedTaxTotal { amount }
      lines { quantity taxRate tax { amount } includedTax { amount } } } }`
    const { data } = await shop.execute(query, {}, buyer.viewer)
    const [none, taxRate] = [{ amount: '0.00' }, '19']
    expect(data.order).toEqual({
      ...{ taxTotal: none, includedTaxTotal: { amount: '7.19' } },
      lines: [
        { quantity: 3, taxRate, tax: none, includedTax: { amount: '6.22' } },
        { quantity: 1, taxRate, tax: none, includedTax: { amount: '0.02' } },
      ],
    })
    const row = await shop.prisma.order.findUniqueOrThrow({ where: { id: order.id } })
    expect(row).toMatchObject({ shippingTaxMinor: 0n, shippingIncludedTaxMinor: 95n })
  })

  test('of a guest has the tax of the address that the guest wrote', async () => {
    const address = { recipient: 'Gus', line1: '7 Weaver Street', city: 'X', postalCode: '1' }
    for (const [countryCode, region, tax, total] of [
      ['US', ' mn ', '0.89', '13.88'],
      ['US', null, '0.65', '13.64'],
      ['NO', 'mn', '0.00', '12.99'],
    ]) {
      const cart = await shop.fill(anonymous, await shop.addSock())
      const input = {
        ...{ idempotencyKey: newId('evt'), cartId: cart.id, expectedCartVersion: cart.version },
        ...{ email: 'gus@argyle.example', address: { ...address, countryCode, region } },
        expectedTotal: usd(total ?? ''),
      }
      const { order, userErrors } = payloadOf(
        PLACE_AS_GUEST,
        await shop.execute(PLACE_AS_GUEST, { input }, anonymous),
      )
      expect(userErrors).toEqual([])
      expect(order).toMatchObject({ taxTotal: usd(tax ?? ''), grandTotal: usd(total ?? '') })
    }
  })

  test('has the rate of its products’ category', async () => {
    const [categoryId, productId, variantId] = [newId('cat'), newId('prd'), newId('var')]
    const prices = eventPrices({ USD: '1000', EUR: '1000', JPY: '1000' })
    const variant = { variantId, sku: 'S', title: 'M', weightGrams: 60, prices }
    const product = { productId, slug: 's', title: 'Sock', status: 'ACTIVE', categoryId, variants: [variant] }
    await shop.deliver('products.product.changed', product, { subject: productId })
    await set(ASSIGN_TAX_CATEGORY, { productCategoryId: categoryId, taxCategory: 'Clothing' })
    const buyer = await shop.addBuyer()
    await shop.fill(buyer.viewer, { productId, variantId })
    expect((await totals(buyer, { countryCode: 'US', region: 'MN' })).totals.taxTotal).toEqual(usd('0.00'))
    expect((await totals(buyer, { countryCode: 'US' })).totals.taxTotal).toEqual(usd('0.50'))
  })
})

describe('staff', () => {
  test('change a rate at the version that they read, and remove it', async () => {
    await set(SET_TAX_COUNTRY, { countryCode: 'FR', pricesIncludeTax: true })
    const { taxRate } = await set(SET_TAX_RATE, { countryCode: 'FR', percent: '19.6' })
    expect(taxRate).toMatchObject({ region: null, category: 'STANDARD', percent: '19.6', version: 1 })
    const change = { countryCode: 'FR', percent: '20' }
    expect((await set(SET_TAX_RATE, change)).userErrors).toMatchObject([
      { __typename: 'VersionConflictError', currentVersion: 1 },
    ])
    const changed = await set(SET_TAX_RATE, { ...change, expectedVersion: 1 })
    expect(changed.taxRate).toMatchObject({ id: taxRate.id, percent: '20', version: 2 })
    const gone = { taxRateId: taxRate.id, expectedVersion: 2 }
    expect((await set(REMOVE_TAX_RATE, { ...gone, expectedVersion: 1 })).userErrors).toMatchObject([
      { __typename: 'VersionConflictError', currentVersion: 2 },
    ])
    expect((await set(REMOVE_TAX_RATE, gone)).removedTaxRateId).toBe(taxRate.id)
    expect((await set(REMOVE_TAX_RATE, gone)).userErrors).toMatchObject([{ path: ['taxRateId'] }])
  })

  const PERCENT = { percent: '1' }
  test.each([
    ['a country', SET_TAX_COUNTRY, { pricesIncludeTax: true }, { countryCode: 'LV' }, { countryCode: 'LT' }],
    [
      'a rate',
      SET_TAX_RATE,
      PERCENT,
      { countryCode: 'DE', category: 'A' },
      { countryCode: 'DE', category: 'B' },
    ],
    [
      'an assignment',
      ASSIGN_TAX_CATEGORY,
      { taxCategory: 'BOOKS' },
      { productCategoryId: newId('cat') },
      { productCategoryId: newId('cat') },
    ],
  ])('who name another version of %s, or one of a row that is not there, change nothing', async (...row) => {
    const [, operation, values, one, other] = row
    expect((await set(operation, { ...one, ...values })).userErrors).toEqual([])
    for (const expectedVersion of [null, 2])
      expect((await set(operation, { ...one, ...values, expectedVersion })).userErrors).toMatchObject([
        { __typename: 'VersionConflictError', currentVersion: 1 },
      ])
    const message = 'expectedVersion is 1, but the row does not exist yet: omit it'
    expect((await set(operation, { ...other, ...values, expectedVersion: 1 })).userErrors).toMatchObject([
      { __typename: 'ValidationError', message, path: ['expectedVersion'] },
    ])
  })

  test(`read ${MAX_ASSIGNMENTS} assignments at most`, async () => {
    const rows = Array.from({ length: MAX_ASSIGNMENTS + 1 }, () => ({
      categoryId: newId('cat'),
      category: 'BOOKS',
    }))
    await shop.prisma.taxAssignment.createMany({ data: rows })
    const { data } = await shop.execute('{ taxAssignments { productCategoryId } }', {}, clerk)
    expect(data.taxAssignments).toHaveLength(MAX_ASSIGNMENTS)
  })

  test('change whether prices include tax, and the category of products, and read the new value', async () => {
    const productCategoryId = newId('cat')
    for (const [pricesIncludeTax, taxCategory, expectedVersion] of [
      [true, 'BOOKS', null],
      [false, 'FOOD', 1],
    ] as const) {
      const version = (expectedVersion ?? 0) + 1
      const country = { countryCode: 'ES', pricesIncludeTax }
      const { taxCountry } = await set(SET_TAX_COUNTRY, { ...country, expectedVersion })
      expect(taxCountry).toEqual({ ...country, version, rates: [] })
      const category = { productCategoryId, taxCategory }
      const { taxAssignment } = await set(ASSIGN_TAX_CATEGORY, { ...category, expectedVersion })
      expect(taxAssignment).toEqual({ ...category, version })
    }
  })

  test('set a rate only in a country that has tax', async () => {
    expect((await set(SET_TAX_RATE, { countryCode: 'JP', percent: '10' })).userErrors).toMatchObject([
      { __typename: 'ValidationError', path: ['countryCode'] },
    ])
  })

  test('who change at once each see the other: one wins', async () => {
    await set(SET_TAX_COUNTRY, { countryCode: 'IE', pricesIncludeTax: true })
    const change = { countryCode: 'IE', pricesIncludeTax: false, expectedVersion: 1 }
    const answers = await shop.manyAtOnce(4, () => set(SET_TAX_COUNTRY, change))
    expect(answers.filter(({ taxCountry }) => taxCountry !== null)).toHaveLength(1)
  })

  const AUDIT = `query ($subjectId: ID) { ordersAudit(subjectId: $subjectId) {
    edges { node { action actorId subjectId before after } } } }`

  test('who may read the book see each change, with before and after', async () => {
    const actor = staff('orders:write')
    const { taxCountry } = await set(SET_TAX_COUNTRY, { countryCode: 'AT', pricesIncludeTax: true }, actor)
    await set(
      SET_TAX_COUNTRY,
      { countryCode: 'AT', pricesIncludeTax: false, expectedVersion: taxCountry.version },
      actor,
    )
    const { coupon } = await shop.coupon({ code: 'BOOKED', percentBasisPoints: 100 })
    const entries = async (subjectId: string) => {
      const { data } = await shop.execute(AUDIT, { subjectId }, staff('audit:read'))
      return data.ordersAudit.edges.map(({ node }: { node: object }) => node)
    }
    const [last, first] = await entries('AT')
    expect(last).toMatchObject({ action: 'setTaxCountry', actorId: actor.kind === 'user' && actor.id })
    expect([JSON.parse(last.before), JSON.parse(last.after)]).toMatchObject([
      { pricesIncludeTax: true },
      { pricesIncludeTax: false },
    ])
    expect(first.before).toBeNull()
    expect(await entries(coupon.id)).toMatchObject([{ action: 'createCoupon' }])
    const refused = await shop.execute(AUDIT, {}, clerk)
    expect(refused.errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
  })

  test('without the scope change nothing', async () => {
    const input = { idempotencyKey: newId('evt'), countryCode: 'SE', pricesIncludeTax: true }
    const { errors } = await shop.execute(SET_TAX_COUNTRY, { input }, staff('orders:read'))
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
  })
})
