import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analyst, type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ timeZone: 'Europe/Berlin' })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const FROM = 'from: "2026-11-01T00:00:00Z"'
const month = `${FROM}, to: "2026-12-01T00:00:00Z"`

/** Bad fields, with the relevant part of the refusal. */
const BAD: [string, RegExp][] = [
  [`salesReport(${FROM}, to: "2026-11-01T00:00:00Z") { timeZone }`, /to is 2026-11-01.*after from/],
  [`salesReport(${FROM}, to: "2026-10-01T00:00:00Z") { timeZone }`, /to is 2026-10-01.*after from/],
  [`salesReport(${FROM}, to: "2300-10-01T00:00:00Z") { timeZone }`, /to is 2300-10-01.*allowed is 1970/],
  [
    `salesReport(from: "1969-12-31T23:59:59Z", to: "2026-11-01T00:00:00Z") { timeZone }`,
    /from is 1969-12-31.*allowed is 1970/,
  ],
  [`salesReport(${FROM}, to: "tomorrow") { timeZone }`, /"tomorrow" is not a DateTime/],
  [`salesReport(${FROM}, to: "2029-01-10T00:00:00Z") { timeZone }`, /more than 800 buckets of a DAY/],
  [`salesReport(${FROM}, to: "9000-01-10T00:00:00Z", bucket: HOUR) { timeZone }`, /to is 9000/],
  [`salesReport(${FROM}, to: "2027-01-10T00:00:00Z", bucket: HOUR) { timeZone }`, /800 buckets of a HOUR/],
  [`salesReport(${month}, bucket: YEAR) { timeZone }`, /YEAR/],
  [`salesReport(${month}, currency: GBP) { timeZone }`, /GBP/],
  [`salesReport(${month}) { topProducts(limit: 0) { units } }`, /limit is 0: allowed is 1 to 100/],
  [`salesReport(${month}) { topProducts(limit: 101) { units } }`, /limit is 101: allowed is 1 to 100/],
  [`salesReport(${month}) { fallingProducts(limit: 101) { units } }`, /limit is 101: allowed is 1 to 100/],
  [`salesReport(${month}) { coupons(limit: -1) { code } }`, /limit is -1: allowed is 1 to 100/],
  [`salesReport(${month}) { searchTerms(limit: 101) { query } }`, /limit is 101: allowed is 1 to 100/],
  [`customerCohorts(months: 0) { cohorts { customers } }`, /months is 0: allowed is 1 to 36/],
  [`customerCohorts(months: 37) { cohorts { customers } }`, /months is 37: allowed is 1 to 36/],
  [`forecast(metric: UNITS, bucket: HOUR) { observations }`, /bucket is HOUR: allowed are DAY, WEEK, MONTH/],
  [`forecast(metric: UNITS, horizon: 0) { observations }`, /horizon is 0: allowed is 1 to 90/],
  [`forecast(metric: UNITS, horizon: 91) { observations }`, /horizon is 91: allowed is 1 to 90/],
  [`forecast(metric: UNITS, bucket: WEEK, horizon: 27) { observations }`, /27: allowed is 1 to 26/],
  [`forecast(metric: UNITS, bucket: MONTH, horizon: 13) { observations }`, /13: allowed is 1 to 12/],
  [`forecast(metric: UNITS, productId: "socks") { observations }`, /productId is "socks"/],
]

/** Bad inputs of `setExchangeRate`; each replaces fields of a valid one. */
const BAD_RATES: object[] = [
  ...['', '0', '-1', '0.0000001', '1000000.000001', 'much'].map((unitsPerUsd) => ({ unitsPerUsd })),
  ...['USD', 'GBP'].map((currency) => ({ currency })),
  { validFrom: 'soon' },
  { expectedVersion: 0 },
  { expectedVersion: 1 },
  { validFrom: '2026-02-01T00:00:00Z' },
  { validFrom: '2026-02-01T00:00:00Z', expectedVersion: 7 },
  { idempotencyKey: '' },
]

test('the whole messages are those of refusals.md', async () => {
  const all: Refused[] = []
  for (const [field] of BAD) all.push([field, await shop.execute(`{ ${field} }`, {}, analyst)])
  const rate = { currency: 'EUR', validFrom: '2026-01-01T00:00:00Z', unitsPerUsd: '0.9' }
  await shop.setRate({ ...rate, validFrom: '2026-02-01T00:00:00Z' })
  for (const bad of BAD_RATES)
    all.push([`setExchangeRate ${JSON.stringify(bad)}`, await shop.setRate({ ...rate, ...bad })])
  await expect(refusalsPage('subgraphs/analytics/bad-query.int.test.ts', all)).toMatchFileSnapshot(
    'refusals.md',
  )
})

test.each(BAD)('%s is refused, and the value repeated', async (field, message) => {
  const { errors } = await shop.execute(`{ ${field} }`, {}, analyst)
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})

test('800 buckets are given, 801 are not', async () => {
  const days = async (count: number) => {
    const from = new Date('2026-11-01T00:00:00Z')
    const to = new Date(from.getTime() + count * 3_600_000)
    const query = `query ($from: DateTime!, $to: DateTime!) {
      salesReport(from: $from, to: $to, bucket: HOUR) { buckets { figures { orders } } } }`
    return shop.execute(query, { from: from.toISOString(), to: to.toISOString() }, analyst)
  }
  expect((await days(800)).data.salesReport.buckets).toHaveLength(800)
  expect((await days(801)).errors).toMatchObject([{ message: expect.stringMatching(/more than 800/) }])
})

test('a report begins in 1970 at the earliest, and ends with 2199', async () => {
  for (const range of [
    'from: "1970-01-01T00:00:00Z", to: "1970-01-02T00:00:00Z"',
    'from: "2199-12-31T00:00:00Z", to: "2200-01-01T00:00:00Z"',
  ])
    await shop.ask(`{ salesReport(${range}) { total { orders } } }`)
  for (const range of [
    'from: "1969-12-31T23:59:59.999Z", to: "1970-01-02T00:00:00Z"',
    'from: "2199-12-31T00:00:00Z", to: "2200-01-01T00:00:00.001Z"',
  ]) {
    const { errors } = await shop.execute(`{ salesReport(${range}) { timeZone } }`, {}, analyst)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/allowed is 1970-01-01.* to 2200-01-01/) },
    ])
  }
})

test('arguments that are null have their default values', async () => {
  // By revenue the products are in the other order than by units.
  const lines = Array.from({ length: 11 }, (_, index) => ({ quantity: index + 1, unit: 1_000 - index * 90 }))
  await shop.sale({ lines, couponCode: 'WARM' })
  const sums = (searches: number, clicks: number) => ({ searches, zeroResults: 0, clicks })
  const queries = [
    { query: 'wool', dayTotals: sums(5, 1) },
    { query: 'moss', dayTotals: sums(2, 2) },
  ]
  await shop.deliver('search.query.counted', { day: '2026-11-10', queries }, { subject: newId('qct') })
  const { salesReport, customerCohorts, forecast } = await shop.ask(`{
    salesReport(${month}, bucket: null, currency: null) { currency buckets { start }
      byNull: topProducts(limit: null, by: null) { productId } byDefault: topProducts(limit: 10, by: REVENUE) { productId }
      fallingProducts(limit: null) { productId } coupons(limit: null) { code } searchTerms(limit: null, by: null) { query } }
    customerCohorts(months: null, currency: null) { cohorts { months { revenue { currencyCode } } } }
    forecast(metric: UNITS, bucket: null, horizon: null, currency: null) { currency reason } }`)
  expect(salesReport).toMatchObject({
    ...{ currency: 'USD', coupons: [{ code: 'WARM' }] },
    searchTerms: [{ query: 'wool' }, { query: 'moss' }],
  })
  expect([salesReport.buckets.length, salesReport.byNull.length]).toEqual([31, 10])
  expect(salesReport.byNull).toEqual(salesReport.byDefault)
  expect(customerCohorts.cohorts).toHaveLength(12)
  expect(customerCohorts.cohorts[0].months[0].revenue).toEqual({ currencyCode: 'USD' })
  expect(forecast).toEqual({ currency: 'USD', reason: 'TOO_LITTLE_HISTORY' })
})

describe('roles', () => {
  const READS = [
    `salesReport(${month}) { timeZone }`,
    'customerCohorts { processedThrough }',
    'exchangeRates { id }',
  ]
  const SET =
    'mutation ($input: SetExchangeRateInput!) { setExchangeRate(input: $input) { userErrors { __typename } } }'
  const rate = () => ({
    idempotencyKey: newId('evt'),
    currency: 'JPY',
    validFrom: '2026-01-01T00:00:00Z',
    unitsPerUsd: '150',
  })
  const codeOf = async (query: string, viewer: Viewer, variables = {}) =>
    (await shop.execute(query, variables, viewer)).errors.map(({ extensions }) => extensions?.code)

  test.each([
    ['a guest', anonymous, 'UNAUTHENTICATED'],
    ['a customer', customer(newId('usr')), 'FORBIDDEN'],
    ['a warehouse worker', staff('inventory:read', 'inventory:write', 'orders:read'), 'FORBIDDEN'],
    ['support', staff('orders:read', 'users:read'), 'FORBIDDEN'],
  ] as const)('%s reads nothing and changes nothing', async (_, viewer, code) => {
    for (const field of [...READS, 'analyticsAudit { edges { cursor } }'])
      expect([field, await codeOf(`{ ${field} }`, viewer)]).toEqual([field, [code]])
    expect(await codeOf(SET, viewer, { input: rate() })).toEqual([code])
  })

  test('a merchandiser reads reports, and changes no rate', async () => {
    const viewer = staff('analytics:read')
    for (const field of READS) expect([field, await codeOf(`{ ${field} }`, viewer)]).toEqual([field, []])
    expect(await codeOf(SET, viewer, { input: rate() })).toEqual(['FORBIDDEN'])
  })

  test('an analyst changes rates, and does not read the audit log', async () => {
    expect(await codeOf(SET, analyst, { input: rate() })).toEqual([])
    expect(await codeOf('{ analyticsAudit { edges { cursor } } }', analyst)).toEqual(['FORBIDDEN'])
    expect(await codeOf('{ analyticsAudit { edges { cursor } } }', staff('audit:read'))).toEqual([])
  })
})
