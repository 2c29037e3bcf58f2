import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let shop: OpenAnalytics
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((last) => `prd_019aa5c2-8c00-7000-8000-00000000000${last}`)
const NOW = '2026-11-10T10:00:00.000Z'
const BEFORE = '2026-10-10T10:00:00.000Z'

beforeAll(async () => {
  database = await sequentialDatabase('analytics')
  shop = await openAnalytics({ database, clock: () => new Date('2026-11-20T00:00:00Z') })
  const sale = (productId: string | undefined, quantity: number, unit: number, placedAt = NOW) =>
    shop.sale({ placedAt, lines: [{ ...(productId && { productId }), quantity, unit }] })
  // The revenue of a, b and c is equal, and so are the units of a and b, and of c and d.
  await sale(d, 4, 200)
  await sale(c, 4, 500)
  await sale(b, 2, 1_000)
  await sale(a, 2, 1_000)
  // Each lost two units; d lost three.
  for (const [productId, lost] of [
    [d, 7],
    [c, 6],
    [b, 4],
    [a, 4],
  ] as const)
    await sale(productId, lost, 1, BEFORE)
  // Discounts of Y, X and W are equal; X was used twice.
  const coupon = (couponCode: string, discount: number) =>
    shop.sale({ placedAt: NOW, couponCode, lines: [{ unit: 500, discount }] })
  await coupon('Z', 300)
  for (const code of ['Y', 'W']) await coupon(code, 200)
  for (let count = 0; count < 2; count++) await coupon('X', 100)
  for (const [validFrom, currency] of [
    ['2026-01-01', 'JPY'],
    ['2026-01-01', 'EUR'],
    ['2026-02-01', 'EUR'],
  ])
    await shop.setRate({ validFrom: `${validFrom}T00:00:00Z`, currency, unitsPerUsd: '2' })
  const sums = (searches: number, zeroResults: number, clicks: number) => ({ searches, zeroResults, clicks })
  const queries = Object.entries({
    wool: sums(3, 1, 1),
    moss: sums(3, 2, 1),
    rust: sums(4, 1, 1),
    none: sums(1, 0, 0),
  })
  await shop.deliver(
    'search.query.counted',
    {
      ...{ until: NOW, day: '2026-11-10' },
      queries: queries.map(([query, dayTotals]) => ({ query, ...sums(1, 0, 0), dayTotals })),
    },
    { subject: newId('qct') },
  )
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

async function report(fields: string) {
  const query = `{ salesReport(from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z") { ${fields} } }`
  return (await shop.ask(query)).salesReport
}

/** One value of each row, as one text. */
const shown = (rows: object[]) => rows.map((row) => String(Object.values(row)[0]).slice(-1)).join('')

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeAll(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test('products of a range: by revenue, by units, and those that lost the most', async () => {
    const { revenue, units, falling, fewer } = await report(`
      revenue: topProducts(limit: 4) { productId } units: topProducts(limit: 4, by: UNITS) { productId }
      falling: fallingProducts { productId } fewer: fallingProducts(limit: 1) { productId }`)
    expect([revenue, units, falling, fewer].map(shown)).toEqual(['cabd', 'cdab', 'dabc', 'd'])
  })

  test('coupons by discount, then by orders, then by code; a limit cuts the last', async () => {
    const { coupons, fewer } = await report('coupons { code } fewer: coupons(limit: 2) { code }')
    expect([coupons, fewer].map(shown)).toEqual(['ZXWY', 'ZX'])
  })

  test('searches by each measure, equal ones by text; those without any are left out', async () => {
    const { searches, zero, clicks } = await report(`
      searches: searchTerms { query } zero: searchTerms(by: ZERO_RESULTS) { query } clicks: searchTerms(by: CLICKS, limit: 2) { query }`)
    const texts = (rows: { query: string }[]) => rows.map(({ query }) => query).join(' ')
    expect([searches, zero, clicks].map(texts)).toEqual([
      'rust moss wool none',
      'moss rust wool',
      'moss rust',
    ])
  })

  test('rates by currency, the newest first', async () => {
    const { exchangeRates } = await shop.ask('{ exchangeRates { currency validFrom } }')
    expect(
      exchangeRates.map((rate: Record<string, string>) => `${rate.currency} ${rate.validFrom?.slice(0, 10)}`),
    ).toEqual(['EUR 2026-02-01', 'EUR 2026-01-01', 'JPY 2026-01-01'])
  })
})
