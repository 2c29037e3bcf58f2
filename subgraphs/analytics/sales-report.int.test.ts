import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  // The range of most reports is over.
  shop = await openAnalytics({ timeZone: 'Europe/Berlin', clock: () => new Date('2026-12-15T00:00:00Z') })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['sale', 'sale_line', 'refund', 'exchange_rate', 'progress'])
    await shop.sql(`DELETE FROM ${table}`)
})

const AMOUNTS = `{ currencyCode grossRevenue { amount } discounts { amount } netRevenue { amount } shipping { amount }
  tax { amount } total { amount } refunds { amount } averageOrder { amount currencyCode } }`
const FIGURES = `{ orders placedOrders cancelledOrders unitsSold newCustomers returningCustomers guestOrders
  byCurrency ${AMOUNTS} converted ${AMOUNTS} }`

type Asked = { from?: string; to?: string; bucket?: string; currency?: string }

async function report(fields: string, asked: Asked = {}) {
  const { from = '2026-11-01T00:00:00+01:00', to = '2026-12-01T00:00:00+01:00', ...rest } = asked
  const { bucket = 'DAY', currency = 'USD' } = rest
  const query = `query ($from: DateTime!, $to: DateTime!, $bucket: Bucket, $currency: CurrencyCode) {
    salesReport(from: $from, to: $to, bucket: $bucket, currency: $currency) { ${fields} } }`
  return (await shop.ask(query, { from, to, bucket, currency })).salesReport
}

const total = async (asked: Asked = {}) => (await report(`total ${FIGURES}`, asked)).total

describe('figures', () => {
  test('are the sums of sales in each currency', async () => {
    await shop.sale({
      lines: [{ quantity: 2, unit: 1299, discount: 260 }, { unit: 500 }],
      shipping: 490,
      tax: 33,
    })
    await shop.sale({
      placedAt: '2026-11-03T10:00:00.000Z',
      ...{ lines: [{ quantity: 1, unit: 1000, discount: 100 }], shipping: 10, tax: 6 },
      refunds: [
        { at: '2026-11-05T10:00:00.000Z', minor: 400 },
        { at: '2026-11-06T10:00:00.000Z', minor: 1 },
      ],
    })
    await shop.sale({ currency: 'JPY', lines: [{ quantity: 3, unit: 1500 }] })
    const figures = await total()
    expect(figures).toMatchObject({ orders: 3, unitsSold: 7, placedOrders: 3, cancelledOrders: 0 })
    const [usd, jpy, ...more] = figures.byCurrency
    expect(more).toEqual([])
    expect(usd).toEqual({
      currencyCode: 'USD',
      grossRevenue: { amount: '40.98' },
      discounts: { amount: '3.60' },
      netRevenue: { amount: '37.38' },
      shipping: { amount: '5.00' },
      tax: { amount: '0.39' },
      total: { amount: '42.77' },
      refunds: { amount: '4.01' },
      averageOrder: { amount: '21.39', currencyCode: 'USD' },
    })
    expect(jpy).toMatchObject({ total: { amount: '4500' }, averageOrder: { amount: '4500' } })
  })

  test('are exact for thousands of units and amounts of 13 digits', async () => {
    await shop.sale({ lines: [{ quantity: 1_000, unit: 1_234_567_891, discount: 1_000_000_000_001 }] })
    expect(await total()).toMatchObject({
      unitsSold: 1_000,
      byCurrency: [{ grossRevenue: { amount: '12345678910.00' }, discounts: { amount: '10000000000.01' } }],
    })
  })

  test('exclude cancelled orders and their refunds, also if they had counted before', async () => {
    const orderId = await shop.sale({ lines: [{ unit: 700 }] })
    expect(await total()).toMatchObject({ orders: 1, cancelledOrders: 0 })
    const refunds = [{ at: '2026-11-03T10:00:00.000Z', minor: 700 }]
    await shop.sale({ orderId, status: 'CANCELLED', sequence: 5, lines: [{ unit: 700 }], refunds })
    expect(await total()).toEqual({
      orders: 0,
      placedOrders: 1,
      cancelledOrders: 1,
      unitsSold: 0,
      newCustomers: 0,
      returningCustomers: 0,
      guestOrders: 0,
      byCurrency: [],
      converted: expect.objectContaining({ total: { amount: '0.00' }, averageOrder: null }),
    })
  })

  test('count a refund when it was made, and its order when it was placed', async () => {
    const refunds = [
      { at: '2026-11-10T10:00:00.000Z', minor: 100 },
      { at: '2026-11-20T10:00:00.000Z', minor: 50 },
    ]
    await shop.sale({ placedAt: '2026-10-05T10:00:00.000Z', refunds })
    const [amounts] = (await total()).byCurrency
    expect(amounts).toMatchObject({
      total: { amount: '0.00' },
      refunds: { amount: '1.50' },
      averageOrder: null,
    })
  })

  test('distinguish new from returning accounts, in each bucket and in the whole range; guests are neither', async () => {
    const [ada, bo] = [newId('usr'), newId('usr')]
    await shop.sale({ customerId: ada, placedAt: '2026-10-20T10:00:00.000Z' })
    await shop.sale({ customerId: ada, placedAt: '2026-11-02T10:00:00.000Z' })
    await shop.sale({ customerId: ada, placedAt: '2026-11-02T11:00:00.000Z' })
    for (let order = 0; order < 2; order++)
      await shop.sale({ customerId: bo, placedAt: '2026-11-02T12:00:00.000Z' })
    await shop.sale({ customerId: bo, placedAt: '2026-11-03T12:00:00.000Z' })
    for (const status of ['SOLD', 'CANCELLED'] as const)
      await shop.sale({ customerId: null, status, placedAt: '2026-11-03T13:00:00.000Z' })
    const { buckets, total: whole } = await report(`total ${FIGURES} buckets { figures ${FIGURES} }`)
    const people = ({ newCustomers, returningCustomers, guestOrders }: Record<string, number>) => [
      newCustomers,
      returningCustomers,
      guestOrders,
    ]
    expect(people(buckets[1].figures)).toEqual([1, 1, 0])
    expect(people(buckets[2].figures)).toEqual([0, 1, 1])
    expect(people(whole)).toEqual([1, 1, 1])
    // Ada's order of 10:00 is in the first day, but before the range.
    const late = await report(`buckets { figures ${FIGURES} }`, { from: '2026-11-02T10:30:00Z' })
    expect(people(late.buckets[0].figures)).toEqual([1, 1, 0])
  })
})

describe('buckets', () => {
  type Bucket = { start: string; end: string; figures: { orders: number } }
  const buckets = async (asked: Asked): Promise<Bucket[]> =>
    (await report('buckets { start end figures { orders } }', asked)).buckets
  const orders = (all: Bucket[]) => all.map(({ figures }) => figures.orders)
  const lengths = (all: Bucket[]) =>
    all.map(({ start, end }) => (Date.parse(end) - Date.parse(start)) / 3_600_000)

  test('without sales are zeros, and are not omitted', async () => {
    await shop.sale({ placedAt: '2026-11-03T22:59:59.999Z' })
    await shop.sale({ placedAt: '2026-11-03T23:00:00.000Z' })
    const days = await buckets({ to: '2026-11-06T00:00:00+01:00' })
    expect(orders(days)).toEqual([0, 0, 1, 1, 0])
    expect(days[3]).toMatchObject({ start: '2026-11-03T23:00:00.000Z', end: '2026-11-04T23:00:00.000Z' })
  })

  test('of the days when clocks change have 23 and 25 hours', async () => {
    for (const hour of ['00:30', '01:30', '02:30'])
      await shop.sale({ placedAt: `2026-10-25T${hour}:00.000Z` })
    const autumn = { from: '2026-10-24T22:00:00Z', to: '2026-10-26T23:00:00Z' }
    const days = await buckets(autumn)
    expect([lengths(days), orders(days)]).toEqual([
      [25, 24],
      [3, 0],
    ])
    // Both hours from two to three are buckets of their own.
    const hours = await buckets({ ...autumn, to: '2026-10-25T23:00:00Z', bucket: 'HOUR' })
    expect(hours).toHaveLength(25)
    expect(orders(hours).slice(1, 6)).toEqual([0, 1, 1, 1, 0])
    const spring = { from: '2026-03-28T23:00:00Z', to: '2026-03-30T22:00:00Z' }
    expect(lengths(await buckets(spring))).toEqual([23, 24])
  })

  test('of weeks begin on Monday, those of months on the first; the first and the last end with the range', async () => {
    const weeks = await buckets({
      from: '2026-12-31T12:00:00Z',
      to: '2027-01-12T00:00:00Z',
      bucket: 'WEEK',
    })
    expect(weeks.map(({ start }) => start)).toEqual([
      '2026-12-31T12:00:00.000Z',
      '2027-01-03T23:00:00.000Z',
      '2027-01-10T23:00:00.000Z',
    ])
    expect(weeks.at(-1)?.end).toBe('2027-01-12T00:00:00.000Z')
    const months = await buckets({
      from: '2026-01-31T23:00:00Z',
      to: '2026-03-31T22:00:00Z',
      bucket: 'MONTH',
    })
    expect(lengths(months)).toEqual([28 * 24, 31 * 24 - 1])
  })

  test('add up to the whole range, whose ends are exact', async () => {
    for (const placedAt of [
      '2026-11-02T09:59:59.999Z',
      '2026-11-02T10:00:00.000Z',
      '2026-11-02T11:59:59.999Z',
    ])
      await shop.sale({ placedAt })
    await shop.sale({ placedAt: '2026-11-02T12:00:00.000Z' })
    const range = { from: '2026-11-02T10:00:00Z', to: '2026-11-02T12:00:00Z' }
    for (const bucket of ['HOUR', 'DAY', 'WEEK', 'MONTH']) {
      const counts = orders(await buckets({ ...range, bucket }))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2)
    }
  })
})

describe('conversion', () => {
  test('uses the rate of the time at which an order was placed, for its refunds too', async () => {
    await shop.setRate({ currency: 'EUR', validFrom: '2026-11-10T00:00:00Z', unitsPerUsd: '0.8' })
    await shop.setRate({ currency: 'EUR', validFrom: '2026-11-01T00:00:00Z', unitsPerUsd: '0.9' })
    // Before the first rate, that one holds.
    const refunds = [{ at: '2026-11-20T00:00:00.000Z', minor: 900 }]
    await shop.sale({
      currency: 'EUR',
      placedAt: '2026-10-31T23:30:00.000Z',
      lines: [{ unit: 900 }],
      refunds,
    })
    await shop.sale({ currency: 'EUR', placedAt: '2026-11-10T00:00:00.000Z', lines: [{ unit: 1000 }] })
    await shop.sale({ lines: [{ unit: 5 }] })
    expect((await total()).converted).toMatchObject({
      currencyCode: 'USD',
      total: { amount: '22.55' },
      refunds: { amount: '10.00' },
      averageOrder: { amount: '7.52' },
    })
  })

  test('rounds half away from zero to the minor unit of the currency, also between two currencies', async () => {
    await shop.setRate({ currency: 'EUR', validFrom: '2026-01-01T00:00:00Z', unitsPerUsd: '0.9' })
    await shop.setRate({ currency: 'JPY', validFrom: '2026-01-01T00:00:00Z', unitsPerUsd: '150' })
    await shop.sale({ currency: 'JPY', lines: [{ unit: 1 }] })
    await shop.sale({ currency: 'EUR', lines: [{ unit: 3 }] })
    // 1 yen is 0.006 euros, which rounds to 0.01; 0.03 euros are 5 yen.
    expect((await total({ currency: 'EUR' })).converted).toMatchObject({ total: { amount: '0.04' } })
    expect((await total({ currency: 'JPY' })).converted).toMatchObject({ total: { amount: '6' } })
  })

  test('is null while a rate is missing, also for products and coupons; the sums of each currency remain', async () => {
    const sold = { couponCode: 'WARM', lines: [{ productId: newId('prd'), unit: 100, discount: 10 }] }
    await shop.sale({
      ...{ ...sold, currency: 'EUR', shipping: 5, tax: 7 },
      refunds: [{ at: '2026-11-05T10:00:00.000Z', minor: 4 }],
    })
    const {
      total: figures,
      topProducts,
      coupons,
    } = await report(
      `total ${FIGURES} topProducts { units revenue { amount } } coupons { code orders discounts { amount } netRevenue { amount } }`,
    )
    expect(figures.converted).toBeNull()
    expect(figures.byCurrency).toMatchObject([{ total: { amount: '1.02' }, refunds: { amount: '0.04' } }])
    expect(topProducts).toEqual([{ units: 1, revenue: null }])
    expect(coupons).toEqual([{ code: 'WARM', orders: 1, discounts: null, netRevenue: null }])
    const own = await total({ currency: 'EUR' })
    expect(own.converted).toEqual(own.byCurrency[0])
    // A sale that has a rate does not stand for all.
    await shop.sale(sold)
    const both =
      'topProducts { units revenue { amount } } coupons { orders discounts { amount } netRevenue { amount } }'
    expect(await report(both)).toEqual({
      topProducts: [{ units: 2, revenue: null }],
      coupons: [{ orders: 2, discounts: null, netRevenue: null }],
    })
  })
})

describe('products', () => {
  const week = { from: '2026-11-08T23:00:00Z', to: '2026-11-15T23:00:00Z' }
  const PRODUCT = '{ productId product { id } orders units previousUnits revenue { amount } }'

  test('are ranked by revenue or units, and falling ones by their decrease', async () => {
    const [moss, navy, plum] = [newId('prd'), newId('prd'), newId('prd')]
    const sold = (productId: string, placedAt: string, quantity: number, unit: number) =>
      shop.sale({
        placedAt,
        lines: [
          { productId, quantity, unit },
          { productId, quantity: 1, unit, discount: 1 },
        ],
      })
    await sold(moss, '2026-11-10T10:00:00.000Z', 1, 5000)
    await sold(navy, '2026-11-10T10:00:00.000Z', 4, 100)
    await sold(navy, '2026-11-03T10:00:00.000Z', 9, 100)
    await sold(plum, '2026-11-03T10:00:00.000Z', 2, 100)
    const { top, units, falling } = await report(
      `top: topProducts ${PRODUCT} units: topProducts(by: UNITS, limit: 1) ${PRODUCT} falling: fallingProducts ${PRODUCT}`,
      week,
    )
    expect(top).toEqual([
      {
        productId: moss,
        product: { id: moss },
        orders: 1,
        units: 2,
        previousUnits: 0,
        revenue: { amount: '99.99' },
      },
      expect.objectContaining({ productId: navy, units: 5, previousUnits: 10, revenue: { amount: '4.99' } }),
    ])
    expect(units).toMatchObject([{ productId: navy }])
    expect(falling).toMatchObject([
      { productId: navy, units: 5, previousUnits: 10 },
      { productId: plum, units: 0, previousUnits: 3, revenue: { amount: '0.00' } },
    ])
  })

  test('are compared with the range of the same length before; those with as many units are not falling', async () => {
    const productId = newId('prd')
    const times = '01T22:59:59.999 01T23:00:00.000 08T22:59:59.999 08T23:00:00.000 10T10:00:00.000'
    for (const at of times.split(' ')) await shop.sale({ placedAt: `2026-11-${at}Z`, lines: [{ productId }] })
    const fields = `topProducts ${PRODUCT} fallingProducts ${PRODUCT}`
    const topProducts = [{ units: 2, previousUnits: 2 }]
    expect(await report(fields, week)).toMatchObject({ topProducts, fallingProducts: [] })
  })

  test('are ranked by revenue as a number', async () => {
    const revenues = [3_000_000, 900_000, 1_200_000]
    const placedAt = '2025-11-10T10:00:00.000Z'
    for (const unit of revenues) await shop.sale({ placedAt, lines: [{ quantity: 1, unit }] })
    const { topProducts } = await report('topProducts { revenue { amount } }', {
      from: '2025-11-08T23:00:00Z',
      to: '2025-11-15T23:00:00Z',
    })
    const amounts = topProducts.map((one: { revenue: { amount: string } }) => one.revenue.amount)
    expect(amounts).toEqual(['30000.00', '12000.00', '9000.00'])
  })

  test('and coupons without a rate come last; of equally many units, the greater revenue comes first', async () => {
    const [unknown, least, most] = [newId('prd'), newId('prd'), newId('prd')]
    const sold = (productId: string, currency: 'EUR' | 'USD', couponCode: string, discount: number) =>
      shop.sale({ currency, couponCode, lines: [{ productId, unit: 10 * discount, discount }] })
    await sold(unknown, 'EUR', 'UNKNOWN', 90)
    await sold(least, 'USD', 'LEAST', 10)
    await sold(most, 'USD', 'MOST', 20)
    const { revenue, units, coupons } = await report(
      'revenue: topProducts { productId } units: topProducts(by: UNITS) { productId } coupons { code }',
    )
    const ranked = [most, least, unknown].map((productId) => ({ productId }))
    expect([revenue, units]).toEqual([ranked, ranked])
    expect(coupons).toEqual([{ code: 'MOST' }, { code: 'LEAST' }, { code: 'UNKNOWN' }])
  })

  test('and coupons have their amounts in the currency of the report', async () => {
    const productId = newId('prd')
    const sold = (placedAt: string, quantity: number) =>
      shop.sale({
        ...{ placedAt, currency: 'JPY', couponCode: 'WARM' },
        lines: [{ productId, quantity, unit: 1000, discount: 100 }],
      })
    await sold('2026-11-10T10:00:00.000Z', 2)
    await sold('2026-11-03T10:00:00.000Z', 5)
    const amount = '{ amount currencyCode }'
    const { top, falling, coupons } = await report(
      `top: topProducts { revenue ${amount} } falling: fallingProducts { revenue ${amount} }
       coupons { discounts ${amount} netRevenue ${amount} }`,
      { ...week, currency: 'JPY' },
    )
    const yen = (minor: number) => ({ amount: String(minor), currencyCode: 'JPY' })
    expect([top, falling]).toEqual([[{ revenue: yen(1900) }], [{ revenue: yen(1900) }]])
    expect(coupons).toEqual([{ discounts: yen(100), netRevenue: yen(1900) }])
  })

  test('and coupons have at most as many rows as requested', async () => {
    for (let index = 0; index < 3; index++)
      await shop.sale({ couponCode: `C${index}`, lines: [{ unit: 1000, discount: 100 * index }] })
    const { topProducts, coupons } = await report(
      'topProducts(limit: 2) { units } coupons(limit: 2) { code discounts { amount } netRevenue { amount } }',
    )
    expect(topProducts).toHaveLength(2)
    expect(coupons).toEqual([
      { code: 'C2', discounts: { amount: '2.00' }, netRevenue: { amount: '8.00' } },
      { code: 'C1', discounts: { amount: '1.00' }, netRevenue: { amount: '9.00' } },
    ])
  })
})

test('a report has the time up to which messages were processed, and its time zone', async () => {
  expect(await report('processedThrough timeZone currency')).toEqual({
    processedThrough: null,
    timeZone: 'Europe/Berlin',
    currency: 'USD',
  })
  await shop.sale({ placedAt: '2026-11-02T10:00:00.000Z' })
  await shop.sale({ placedAt: '2026-11-01T10:00:00.000Z' })
  expect(await report('processedThrough')).toEqual({ processedThrough: '2026-11-02T10:00:00.000Z' })
  const order = { orderId: newId('ord'), grandTotal: { amountMinor: '100', currencyCode: 'USD' } }
  for (const [type, customerId, time] of [
    ['orders.order.placed', null, '2026-11-03T10:00:00.000Z'],
    ['orders.order.claimed', newId('usr'), '2026-11-04T10:00:00.000Z'],
  ] as const) {
    await shop.deliver(type, { ...order, customerId }, { subject: order.orderId, time })
    expect(await report('processedThrough')).toEqual({ processedThrough: time })
  }
  // An order that is open is placed; one of which only the claim is known is not.
  const claim = { orderId: newId('ord'), customerId: newId('usr') }
  await shop.deliver('orders.order.claimed', claim, { time: '2026-11-04T10:00:00.000Z' })
  expect(await total()).toMatchObject({ orders: 2, placedOrders: 3 })
})

test('a report reads its sums once for all figures', async () => {
  const fields = 'total { orders } buckets { start } conversion { orders } stockTurn { averageOnHand }'
  // The buckets, the sums, the counts and the activity; searches; stock.
  expect(await shop.sqlCount(() => report(fields))).toBe(6)
})
