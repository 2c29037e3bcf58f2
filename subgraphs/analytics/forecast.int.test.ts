import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unitOf } from './forecast/horizon.ts'
import { DEMAND_DAYS, readDemand, readSeries } from './forecast/series-reads.ts'
import { analyst, type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

const DAY_MS = 86_400_000
const now = new Date('2026-11-28T12:00:00.000Z')
let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ timeZone: 'Europe/Berlin', clock: () => now })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['sale', 'sale_line', 'refund', 'exchange_rate', 'progress'])
    await shop.sql(`DELETE FROM ${table}`)
})

const week = [4, 3, 3, 4, 5, 8, 6]
type Past = {
  days: number
  productId?: string
  variantId?: string
  currency?: Currency
  sold?: (day: number) => number
}

/** Sales of past days until yesterday, one order a day; `sold` says how many units. */
async function past({ days, sold = (day) => week[day % 7] ?? 0, ...line }: Past): Promise<void> {
  const { currency = 'USD', productId = newId('prd'), variantId = newId('var') } = line
  for (let ago = days; ago >= 1; ago--) {
    const quantity = sold(days - ago)
    const placedAt = new Date(now.getTime() - ago * DAY_MS).toISOString()
    if (quantity > 0)
      await shop.sale({ placedAt, currency, lines: [{ productId, variantId, quantity, unit: 1050 }] })
  }
  // Sales of today are not complete yet.
  await shop.sale({
    placedAt: now.toISOString(),
    currency,
    lines: [{ productId, variantId, quantity: 900, unit: 1050 }],
  })
}

const FORECAST = `query ($metric: SalesMetric!, $bucket: Bucket, $horizon: Int, $productId: ID, $currency: CurrencyCode) {
  forecast(metric: $metric, bucket: $bucket, horizon: $horizon, productId: $productId, currency: $currency) {
    processedThrough metric currency timeZone observations models backtestError reason
    points { start end value low high } } }`
const forecast = async (variables: object) =>
  (await shop.ask(FORECAST, { metric: 'UNITS', ...variables })).forecast

describe('a forecast of sales', () => {
  test('continues the past from the first incomplete day on, in days of the time zone', async () => {
    await past({ days: 42 })
    const { points, ...rest } = await forecast({ horizon: 14 })
    expect(rest).toMatchObject({ metric: 'UNITS', observations: 42, reason: null, timeZone: 'Europe/Berlin' })
    expect(rest.backtestError).toBeLessThan(1.2)
    expect(rest.models).toHaveLength(3)
    expect(points).toHaveLength(14)
    expect(points[0]).toMatchObject({ start: '2026-11-27T23:00:00.000Z', end: '2026-11-28T23:00:00.000Z' })
    expect(await forecast({ horizon: null, bucket: null })).toEqual({ ...rest, points })
    for (const [step, { value, low, high }] of points.entries()) {
      for (const decimal of [value, low, high]) expect(decimal).toMatch(/^\d+\.\d\d$/)
      expect(Number(value)).toBeCloseTo(week[step % 7] ?? 0, 0)
      expect(Number(low)).toBeLessThanOrEqual(Number(value))
      expect(Number(high)).toBeGreaterThanOrEqual(Number(value))
      expect(Number(low)).toBeGreaterThanOrEqual(0)
    }
  })

  test('can be of one product, of orders, or of revenue in major units', async () => {
    const productId = newId('prd')
    await past({ days: 35, productId })
    await past({ days: 35, sold: () => 10 })
    const first = async (variables: object) => {
      const { points, observations } = await forecast({ horizon: 1, ...variables })
      return [observations, Math.round(Number(points[0].value))]
    }
    expect(await first({ productId })).toEqual([35, 4])
    expect(await first({ metric: 'ORDERS' })).toEqual([35, 2])
    expect(await first({ metric: 'REVENUE' })).toEqual([35, 147])
    const ofYen = newId('prd')
    await past({ days: 35, productId: ofYen, currency: 'JPY', sold: () => 2 })
    const inYen = { metric: 'REVENUE', productId: ofYen, currency: 'JPY' }
    expect(await first(inYen)).toEqual([35, 2_100])
    const whole = expect.stringMatching(/^\d+$/)
    const { points } = await forecast({ horizon: 1, ...inYen })
    expect(points).toMatchObject([{ value: whole, low: whole, high: whole }])
  })

  test('has intervals from zero on where sales vary', async () => {
    await past({ days: 84, sold: (day) => (day % 5 === 0 ? 9 : 0) })
    for (const { value, low, high } of (await forecast({ horizon: 3 })).points) {
      expect(low).toBe('0.00')
      expect(Number(high)).toBeGreaterThan(Number(value))
    }
  })

  test('is at most a quadrillion, also of sales that double every day', async () => {
    await past({ days: 30, sold: (day) => 2 ** day })
    const { points } = await forecast({ horizon: 90 })
    expect(points.at(-1)).toMatchObject({ value: '1000000000000000.00', high: '1000000000000000.00' })
  })

  test('begins with the first sale, not with a refund of an earlier one', async () => {
    const ago = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString()
    await shop.sale({ placedAt: ago(500), refunds: [{ at: ago(60), minor: 1 }] })
    await past({ days: 42 })
    await shop.runTimer('derive-day-sums')
    expect(await forecast({ horizon: 1 })).toMatchObject({ observations: 42 })
  })

  test('of weeks and months counts whole ones', async () => {
    await past({ days: 140, sold: () => 1 })
    const { observations, points } = await forecast({ bucket: 'WEEK', horizon: 2 })
    expect(observations).toBe(20)
    expect(points.map(({ start }: { start: string }) => start)).toEqual([
      '2026-11-22T23:00:00.000Z',
      '2026-11-29T23:00:00.000Z',
    ])
    // Clocks change in March.
    expect((await forecast({ bucket: 'WEEK', horizon: 26 })).points.at(-1)).toMatchObject({
      ...{ start: '2027-05-16T22:00:00.000Z', end: '2027-05-23T22:00:00.000Z' },
    })
    expect(await forecast({ bucket: 'MONTH', horizon: 1 })).toMatchObject({ observations: 4, points: [] })
  })

  test.each([
    ['2026-11-20T10:00:00Z', 34, '2026-11-19T23:00:00.000Z'],
    // The clock of a publisher is ahead.
    ['2026-12-02T10:00:00Z', 42, '2026-11-27T23:00:00.000Z'],
  ])(
    'with events processed until %s is made from %i days that are over, and begins at %s',
    async (through, ...from) => {
      await past({ days: 42 })
      await shop.sql('UPDATE progress SET through = $1::timestamptz', through)
      const { points, observations } = await forecast({ horizon: 1 })
      expect([observations, points[0].start]).toEqual(from)
    },
  )

  test('has no points but a reason if there is too little history, or no exchange rate', async () => {
    const none = { points: [], models: [], backtestError: null }
    expect(await forecast({})).toMatchObject({ ...none, observations: 0, reason: 'TOO_LITTLE_HISTORY' })
    await past({ days: 10 })
    expect(await forecast({})).toMatchObject({ ...none, observations: 10, reason: 'TOO_LITTLE_HISTORY' })
    expect(await forecast({ productId: newId('prd') })).toMatchObject({
      ...none,
      reason: 'TOO_LITTLE_HISTORY',
    })
    await past({ days: 35, currency: 'EUR' })
    expect(await forecast({ metric: 'REVENUE' })).toMatchObject({ ...none, reason: 'EXCHANGE_RATE_MISSING' })
    // A day of which one sale has a rate has no revenue either.
    const productId = newId('prd')
    for (const currency of ['EUR', 'USD'] as const) await past({ days: 35, productId, currency })
    expect(await forecast({ metric: 'REVENUE', productId })).toMatchObject({
      ...none,
      reason: 'EXCHANGE_RATE_MISSING',
    })
  })
})

test.each([
  ['DAY', 400],
  ['WEEK', 156],
  ['MONTH', 84],
] as const)('the history of a forecast by %s has %i buckets', async (bucket, count) => {
  const until = { DAY: '2026-11-28', WEEK: '2026-11-23', MONTH: '2026-11-01' }[bucket]
  const [{ first } = { first: now }] = await shop.sql<{ first: Date }>(
    `SELECT ($1::timestamp - $2::int * interval '1 ${bucket}') AT TIME ZONE 'Europe/Berlin' AS first`,
    ...[until, count],
  )
  for (const at of [first.getTime() - 1, first.getTime(), now.getTime()])
    await shop.sale({ placedAt: new Date(at).toISOString() })
  const wanted = { metric: 'ORDERS', productId: null, unit: unitOf(bucket), currency: 'USD' } as const
  const series = await readSeries(shop.prisma, { ...wanted, timeZone: 'Europe/Berlin', now })
  expect([series?.values.length, series?.values[0]]).toEqual([count, 1])
})

test('the history of a variant is half a year', async () => {
  expect(DEMAND_DAYS).toBe(182)
  const variantId = newId('var')
  const first = Date.parse('2026-05-29T22:00:00.000Z')
  for (const at of [first - 1, first])
    await shop.sale({ placedAt: new Date(at).toISOString(), lines: [{ variantId }] })
  await shop.sale({ placedAt: now.toISOString() })
  const [demand] = await readDemand(shop.prisma, { now, timeZone: 'Europe/Berlin' }, [variantId])
  expect([demand?.units.length, demand?.units[0]]).toEqual([DEMAND_DAYS, 1])
})

test.each([
  ['DAY', 90],
  ['WEEK', 26],
  ['MONTH', 12],
])('a forecast by %s has up to %i buckets', async (bucket, horizon) => {
  expect(await forecast({ bucket, horizon })).toMatchObject({ reason: 'TOO_LITTLE_HISTORY' })
})

describe('a forecast of stock', () => {
  const QUERY = `query ($all: [_Any!]!, $leadDays: Int, $coverDays: Int) { _entities(representations: $all) { ... on ProductVariant {
    id stockForecast(leadDays: $leadDays, coverDays: $coverDays) { processedThrough availableUnits incomingUnits unitsPerDay runsOutOn
      runsOutEarliestOn orderNow orderUnits turnsPerYear reason } } } }`
  const variant = (id: string, available: number, incoming = 0) => ({
    __typename: 'ProductVariant',
    id,
    stockLevels: [
      { __typename: 'StockLevel', id: newId('stk'), available: available - 1, incoming },
      { __typename: 'StockLevel', id: newId('stk'), available: 1, incoming: 0 },
    ],
  })
  const read = async (all: object[], supply: object = {}) =>
    (await shop.ask(QUERY, { all, ...supply }))._entities.map(
      (one: { stockForecast: object } | null) => one?.stockForecast ?? null,
    )

  test('says when it runs out, and how much to order when', async () => {
    const [id, other] = [newId('var'), newId('var')]
    await past({ days: 42, variantId: id, sold: () => 2 })
    await past({ days: 42, variantId: other, sold: () => 5 })
    const placedAt = '2026-11-20T10:00:00.000Z'
    await shop.sale({ placedAt, status: 'CANCELLED', lines: [{ variantId: id, quantity: 30 }] })
    const [scarce, ample, coming, fast, later] = await read([
      ...[variant(id, 20), variant(id, 500), variant(id, 20, 70)],
      ...[variant(other, 20), variant(id, 50)],
    ])
    expect(scarce).toMatchObject({
      availableUnits: 20,
      incomingUnits: 0,
      unitsPerDay: '2.00',
      // Two a day from 28 November on: the twentieth is sold on 7 December.
      runsOutOn: '2026-12-07',
      orderNow: true,
      orderUnits: 64,
      turnsPerYear: '36.50',
      reason: null,
    })
    expect(ample).toMatchObject({ runsOutOn: null, runsOutEarliestOn: null, orderNow: false, orderUnits: 0 })
    expect(coming).toMatchObject({ runsOutOn: '2026-12-07', orderNow: false, orderUnits: 0 })
    expect(fast).toMatchObject({ unitsPerDay: '5.00', runsOutOn: '2026-12-01' })
    // 50 units last longer than the two weeks until a delivery, but not four more weeks.
    expect(later).toMatchObject({ orderNow: false, orderUnits: 34 })
    expect(await read([variant(id, 50)], { leadDays: null, coverDays: null })).toEqual([later])
  })

  test('is of days of the time zone', async () => {
    const variantId = newId('var')
    await past({ days: 42, variantId, sold: () => 2 })
    // Half past midnight of today in Berlin, and of yesterday by UTC.
    await shop.sale({
      placedAt: '2026-11-27T23:30:00.000Z',
      lines: [{ variantId, quantity: 90, unit: 1050 }],
    })
    expect(await read([variant(variantId, 20)])).toMatchObject([{ unitsPerDay: '2.00' }])
  })

  test('orders more where demand varies', async () => {
    const id = newId('var')
    await past({ days: 84, variantId: id, sold: (day) => (day % 3 === 0 ? 6 : 0) })
    const [{ runsOutOn, runsOutEarliestOn, orderUnits }] = await read([variant(id, 60)])
    expect(runsOutEarliestOn < runsOutOn).toBe(true)
    expect(orderUnits).toBeGreaterThan(2 * 42 - 60)
  })

  test('has no figures but a reason for few or no sales, and is null without stock', async () => {
    const [young, unsold] = [newId('var'), newId('var')]
    await past({ days: 10, variantId: young, sold: () => 2 })
    const none = {
      unitsPerDay: null,
      runsOutOn: null,
      orderNow: false,
      orderUnits: 0,
      reason: 'TOO_LITTLE_HISTORY',
    }
    const [few, nothing, unknown, unreadable] = await read([
      variant(young, 20),
      variant(unsold, 5),
      { __typename: 'ProductVariant', id: unsold, stockLevels: null },
      { ...variant(young, 20), stockLevels: [...variant(young, 20).stockLevels, null] },
    ])
    expect(few).toMatchObject({ ...none, turnsPerYear: '36.50' })
    expect(nothing).toMatchObject({ ...none, availableUnits: 5, turnsPerYear: null })
    expect([unknown, unreadable]).toEqual([null, null])
  })

  test('of 50 variants costs as many statements as of one; malformed ids are null', async () => {
    const all = Array.from({ length: 50 }, () => variant(newId('var'), 5))
    const cost = (count: number) => shop.sqlCount(() => read(all.slice(0, count)))
    const query = QUERY.replace('processedThrough ', '')
    const one = await shop.sqlCount(() => shop.ask(query, { all: all.slice(0, 1) }))
    expect([one, await shop.sqlCount(() => shop.ask(query, { all }))]).toEqual([1, 1])
    expect(await cost(1)).toBe(2)
    expect(await read([variant('var_\u0000', 5), variant('', 5)])).toEqual([null, null])
  })

  test.each([
    [{ leadDays: 0 }, /leadDays is 0: allowed is 1 to 60/],
    [{ leadDays: 61 }, /leadDays is 61: allowed is 1 to 60/],
    [{ coverDays: 61 }, /coverDays is 61: allowed is 1 to 60/],
  ])('%j is refused', async (supply, message) => {
    const { errors } = await shop.execute(QUERY, { all: [variant(newId('var'), 5)], ...supply }, analyst)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('needs the scopes of analytics and of inventory', async () => {
    const all = [variant(newId('var'), 5)]
    const codes = async (viewer: typeof analyst) =>
      (await shop.execute(QUERY, { all }, viewer)).errors.map(({ extensions }) => extensions?.code)
    expect(await codes(anonymous)).toEqual(['UNAUTHENTICATED'])
    for (const viewer of [customer(newId('usr')), staff('analytics:read'), staff('inventory:read')])
      expect(await codes(viewer)).toEqual(['FORBIDDEN'])
    expect(await codes(staff('analytics:read', 'inventory:read'))).toEqual([])
  })
})

test.each([
  ['bucket: HOUR', /bucket is HOUR: allowed are DAY, WEEK, MONTH/],
  ['horizon: 0', /horizon is 0: allowed is 1 to 90/],
  ['horizon: 91', /horizon is 91: allowed is 1 to 90/],
  ['bucket: WEEK, horizon: 27', /horizon is 27: allowed is 1 to 26/],
  ['bucket: MONTH, horizon: 13', /horizon is 13: allowed is 1 to 12/],
  ['productId: "socks"', /productId is "socks"/],
  ['currency: GBP', /GBP/],
])('forecast(%s) is refused', async (args, message) => {
  const { errors } = await shop.execute(`{ forecast(metric: UNITS, ${args}) { reason } }`, {}, analyst)
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})

test('a forecast needs the scope of analytics', async () => {
  for (const viewer of [anonymous, customer(newId('usr')), staff('orders:read')]) {
    const { errors } = await shop.execute('{ forecast(metric: UNITS) { reason } }', {}, viewer)
    expect(errors).toHaveLength(1)
  }
})
