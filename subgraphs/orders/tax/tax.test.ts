import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentOfPpm, readPercent } from './percent.ts'
import { rateFor, SHIPPING, STANDARD, type TaxRules, taxOf } from './tax.ts'

const rate = (region: string, category: string, ppm: number) => ({ countryCode: 'US', region, category, ppm })
const rules: TaxRules = {
  pricesIncludeTax: false,
  rates: [
    rate('', STANDARD, 10_000),
    rate('OR', STANDARD, 0),
    rate('MN', STANDARD, 68_750),
    rate('MN', 'CLOTHING', 0),
    rate('', 'BOOKS', 5_000),
    rate('', SHIPPING, 20_000),
  ],
}

describe('the rate', () => {
  test.each([
    ['MN', STANDARD, 68_750],
    [' mn ', STANDARD, 68_750],
    ['MN', 'CLOTHING', 0],
    ['MN', 'BOOKS', 5_000],
    ['MN', 'UNHEARD_OF', 68_750],
    ['WI', 'CLOTHING', 10_000],
    ['OR', STANDARD, 0],
    [null, STANDARD, 10_000],
    ['MN', SHIPPING, 20_000],
  ])('in %s of %s is %i', (region, category, ppm) => expect(rateFor(rules, region, category)).toBe(ppm))

  test('where there is no row is nothing', () => {
    expect(rateFor({ pricesIncludeTax: true, rates: [] }, null, STANDARD)).toBe(0)
  })
})

describe('tax', () => {
  test.each([
    [1_299n, 88_750, false, 115n, 0n],
    [1_299n, 190_000, true, 0n, 207n],
    [100n, 5_000, false, 1n, 0n],
    [99n, 5_000, false, 0n, 0n],
    [1_800n, 100_000, true, 0n, 164n],
    [0n, 190_000, true, 0n, 0n],
  ])('of %i at %i ppm, included: %s', (amount, ppm, included, onTopMinor, includedMinor) => {
    expect(taxOf(amount, ppm, included)).toEqual({ ppm, onTopMinor, includedMinor })
  })

  const amounts = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999n })
  const rates = fc.integer({ min: 0, max: 1_000_000 })

  test('on top is within half a minor unit of the exact one', () => {
    fc.assert(
      fc.property(amounts, rates, (amount, ppm) => {
        const off = taxOf(amount, ppm, false).onTopMinor * 1_000_000n - amount * BigInt(ppm)
        expect(off <= 500_000n && off > -500_000n).toBe(true)
      }),
    )
  })

  test('included and the net amount are the amount, and the net amount carries that very tax', () => {
    fc.assert(
      fc.property(amounts, rates, (amount, ppm) => {
        const { includedMinor } = taxOf(amount, ppm, true)
        const net = amount - includedMinor
        expect(net >= 0n).toBe(true)
        const again = taxOf(net, ppm, false).onTopMinor
        expect([includedMinor - 1n, includedMinor, includedMinor + 1n]).toContain(again)
      }),
    )
  })
})

test.each([
  ['0', 0],
  ['8.875', 88_750],
  ['0.0001', 1],
  ['100', 1_000_000],
] as const)('%s percent are read, and shown again', (percent, ppm) => {
  expect(readPercent(percent, ['percent'])).toEqual({ ok: true, value: ppm })
  expect(percentOfPpm(ppm)).toBe(percent)
})

test.each(['100.0001', '101', '-1', '1.00001', '.5', '5.', '1e1', ''])(
  '%j percent are refused',
  (percent) => {
    const message = `percent is "${percent}": allowed is a percentage from 0 to 100 with at most 4 decimals, such as 8.875`
    expect(readPercent(percent, ['percent'])).toMatchObject({
      ok: false,
      errors: [{ message, path: ['percent'] }],
    })
  },
)
