import { type Money, money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import type { PricedLine, Pricing } from '../cart/pricing.ts'
import type { TaxRules } from '../tax/tax.ts'
import { gramsOf, totalsOf } from './totals.ts'

const usd = (minor: bigint): Money => money(minor, 'USD')

function aLine(
  minor: bigint,
  { taxCategory = 'STANDARD', weightGrams = 60 as number | null, quantity = 1 } = {},
): PricedLine {
  const offer = {
    ...{ variantId: 'var_1', productId: 'prd_1', sku: 'S', title: 'T', listed: true, priceMinor: minor },
    ...{ available: null, availabilitySequence: null, weightGrams, taxCategory },
  }
  return {
    ...{ id: 'cln_1', quantity, seenMinor: minor, shortage: null, offer, unitPrice: usd(minor) },
    ...{ lineTotal: usd(minor), priceChangedFrom: null, orderable: true, availableQuantity: null },
  }
}

function aPricing(lines: readonly PricedLine[], discountMinor = 0n): Pricing {
  const subtotal = usd(lines.reduce((sum, { lineTotal }) => sum + lineTotal.minor, 0n))
  const discounts =
    discountMinor > 0n ? [{ code: 'C', amount: usd(discountMinor), status: 'APPLICABLE' } as const] : []
  return { lines, subtotal, discounts, total: usd(subtotal.minor - discountMinor), orderable: true }
}

const rate = (category: string, ppm: number, region = '') => ({ countryCode: 'NO', region, category, ppm })
const rates = [
  rate('STANDARD', 200_000),
  rate('BOOKS', 50_000),
  rate('SHIPPING', 100_000),
  rate('STANDARD', 300_000, 'OSLO'),
]
const onTop: TaxRules = { pricesIncludeTax: false, rates }
const included: TaxRules = { pricesIncludeTax: true, rates }
const socks = aLine(1_000n)
const book = aLine(500n, { taxCategory: 'BOOKS' })

/** Amounts in cents: the lines' discounts and taxes, then the totals. */
const TOTALS: [title: string, totals: ReturnType<typeof totalsOf>, amounts: object][] = [
  [
    'no tax, discount or shipping',
    totalsOf(aPricing([socks, book]), { region: null, rules: null }, null),
    {
      lines: ['0 + 0', '0 + 0'],
      subtotal: 1_500,
      discount: 0,
      shipping: 0,
      tax: 0,
      includedTax: 0,
      total: 1_500,
    },
  ],
  [
    'tax on top of goods and shipping, each at its own rate',
    totalsOf(aPricing([socks, book]), { region: null, rules: onTop }, usd(490n)),
    {
      lines: ['0 + 200', '0 + 25'],
      subtotal: 1_500,
      discount: 0,
      shipping: 490,
      tax: 274,
      includedTax: 0,
      total: 2_264,
    },
  ],
  [
    'tax included in the prices',
    totalsOf(aPricing([socks, book]), { region: null, rules: included }, usd(490n)),
    {
      lines: ['0 + 167', '0 + 24'],
      subtotal: 1_500,
      discount: 0,
      shipping: 490,
      tax: 0,
      includedTax: 236,
      total: 1_990,
    },
  ],
  [
    'a discount is shared by the lines, and lowers their tax, not that of shipping',
    totalsOf(aPricing([socks, book], 300n), { region: null, rules: onTop }, usd(490n)),
    {
      lines: ['200 + 160', '100 + 20'],
      subtotal: 1_500,
      discount: 300,
      shipping: 490,
      tax: 229,
      includedTax: 0,
      total: 1_919,
    },
  ],
  [
    'the rate of a region',
    totalsOf(aPricing([socks]), { region: 'oslo', rules: onTop }, null),
    { lines: ['0 + 300'], subtotal: 1_000, discount: 0, shipping: 0, tax: 300, includedTax: 0, total: 1_300 },
  ],
]

test.each(TOTALS)('%s', (_, totals, amounts) => {
  const { lines, subtotal, discount, shipping, tax, includedTax, total } = totals
  const all = Object.entries({ subtotal, discount, shipping, tax, includedTax, total })
  expect({
    lines: lines.map((line) => `${line.discount.minor} + ${line.tax.onTopMinor + line.tax.includedMinor}`),
    ...Object.fromEntries(all.map(([name, { minor }]) => [name, Number(minor)])),
  }).toEqual(amounts)
  expect(new Set(all.map(([, { currency }]) => currency))).toEqual(new Set(['USD']))
})

test('a line keeps its place, its rate and its price', () => {
  const { lines, shippingTax, pricesIncludeTax } = totalsOf(
    aPricing([socks, book]),
    { region: null, rules: onTop },
    null,
  )
  expect(lines.map(({ line }) => line)).toEqual([socks, book])
  expect(lines.map(({ tax }) => tax)).toEqual([
    { ppm: 200_000, onTopMinor: 200n, includedMinor: 0n },
    { ppm: 50_000, onTopMinor: 25n, includedMinor: 0n },
  ])
  expect(shippingTax).toEqual({ ppm: 100_000, onTopMinor: 0n, includedMinor: 0n })
  expect(pricesIncludeTax).toBe(false)
})

test('where the shop raises no tax, prices count as complete, at a rate of 0', () => {
  const { lines, shippingTax, pricesIncludeTax } = totalsOf(
    aPricing([socks]),
    { region: null, rules: null },
    usd(490n),
  )
  const none = { ppm: 0, onTopMinor: 0n, includedMinor: 0n }
  expect([lines[0]?.tax, shippingTax, pricesIncludeTax]).toEqual([none, none, true])
})

test.each([
  ['the weight of all units', [aLine(1n, { quantity: 3 }), aLine(1n, { weightGrams: 500 })], 680],
  ['nothing', [], 0],
  ['unknown, if that of the first line is', [aLine(1n, { weightGrams: null }), aLine(1n)], null],
  ['unknown, if that of the last line is', [aLine(1n), aLine(1n, { weightGrams: null })], null],
])('the weight of a cart is %s', (_, lines, grams) => {
  expect(gramsOf(lines)).toBe(grams)
})
