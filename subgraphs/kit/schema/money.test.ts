import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  allocate,
  BadAmount,
  CURRENCIES,
  formatMoney,
  MAX_SUM_MINOR,
  money,
  multiply,
  parseAmount,
  percentOf,
  subtract,
  sum,
} from './money.ts'

const amounts = fc.record({
  minor: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
  currency: fc.constantFrom(...CURRENCIES),
})

describe('amounts on the wire', () => {
  test.each([
    [1290n, 'USD', '12.90'],
    [5n, 'EUR', '0.05'],
    [-5n, 'EUR', '-0.05'],
    [1290n, 'JPY', '1290'],
    [0n, 'USD', '0.00'],
  ] as const)('%s minor units of %s are written %s', (minor, currency, amount) => {
    expect(formatMoney(money(minor, currency))).toEqual({ amount, currencyCode: currency })
  })

  test('what is written is read back exactly', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseAmount(formatMoney(amount).amount, amount.currency)).toEqual(amount)
      }),
    )
  })

  test.each([
    ['12.345', 'USD', 'has too many decimals: allowed are at most 2 in USD'],
    ['12.5', 'JPY', 'has too many decimals: allowed are at most 0 in JPY'],
    ['1e3', 'USD', 'is not an amount'],
    ['', 'USD', 'is not an amount'],
    ['١٢', 'USD', 'is not an amount'],
    ['99999999999.00', 'USD', 'is too large: allowed is up to 9999999999.99 USD'],
  ] as const)('%s %s is refused', (amount, currency, reason) => {
    expect(() => parseAmount(amount, currency)).toThrow(BadAmount)
    expect(() => parseAmount(amount, currency)).toThrow(reason)
  })

  test('the largest amount is taken', () => {
    expect(parseAmount('9999999999.99', 'USD')).toEqual(money(999_999_999_999n, 'USD'))
    for (const amount of ['10000000000.00', '-10000000000.00'])
      expect(() => parseAmount(amount, 'USD')).toThrow('is too large')
    const largest = money(9_999_999_999_999_999n, 'JPY')
    expect(parseAmount('9999999999999999', 'JPY', MAX_SUM_MINOR)).toEqual(largest)
  })

  test('zeros beyond the decimals of the currency lose nothing, so they are taken', () => {
    expect(parseAmount('12.900', 'USD')).toEqual(money(1290n, 'USD'))
    expect(parseAmount('-12.9', 'USD')).toEqual(money(-1290n, 'USD'))
    expect(parseAmount('1290.00', 'JPY')).toEqual(money(1290n, 'JPY'))
  })
})

describe('sums and shares', () => {
  test('two currencies do not add up', () => {
    expect(() => add(money(1n, 'USD'), money(1n, 'EUR'))).toThrow('USD and EUR do not add up')
    expect(() => subtract(money(1n, 'USD'), money(1n, 'EUR'))).toThrow('USD and EUR do not add up')
  })

  test('sums, differences and products are exact', () => {
    const [five, two] = [money(5n, 'EUR'), money(2n, 'EUR')]
    expect([add(five, two), subtract(five, two), multiply(five, 3)].map(({ minor }) => minor)).toEqual([
      7n,
      3n,
      15n,
    ])
    expect(sum([], 'JPY')).toEqual(money(0n, 'JPY'))
  })

  test.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [10n, [3n, 3n, 1n], [4n, 4n, 2n]],
    [10n, [0n, 0n], [10n, 0n]],
    [10n, [], []],
  ])(
    '%s by the weights %s is %s: the largest remainders, the first of equals, are rounded up',
    (whole, weights, parts) => {
      expect(allocate(money(whole, 'EUR'), weights)).toEqual(parts.map((part) => money(part, 'EUR')))
    },
  )

  test.each([
    [999n, 1_000, 100n],
    [995n, 1_000, 100n],
    [994n, 1_000, 99n],
    [1n, 4_999, 0n],
  ])('%s minor units at %s basis points make %s, half up', (minor, basisPoints, share) => {
    expect(percentOf(money(minor, 'USD'), basisPoints)).toEqual(money(share, 'USD'))
  })

  test('the parts of an allocation add up to the whole, and none is off by more than one minor unit', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(amounts, weights, (whole, shares) => {
        const parts = allocate(whole, shares)
        expect(sum(parts, whole.currency)).toEqual(whole)
        const total = shares.reduce((a, b) => a + b, 0n)
        if (total === 0n) return
        shares.forEach((weight, index) => {
          const exact = (whole.minor * weight) / total
          expect([exact, exact + 1n]).toContain(parts[index]?.minor)
        })
      }),
    )
  })
})
