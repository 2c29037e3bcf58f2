import { allocate, type Currency, money } from '@argyle/kit/money'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Coupon } from '../coupon/coupon.ts'
import { type OfferedLine, priceCart } from './pricing.ts'
import { shortOf } from './stock-check.ts'

const now = new Date('2026-11-21T09:00:00Z')

function aLine(priceMinor: bigint | null, more: Partial<OfferedLine> = {}, listed = true): OfferedLine {
  const offer = {
    variantId: 'var_1',
    productId: 'prd_1',
    sku: 'S',
    title: 'T',
    listed,
    priceMinor,
    available: null,
    availabilitySequence: null,
    weightGrams: 60,
    taxCategory: 'STANDARD',
  }
  return { id: 'cln_1', quantity: 1, seenMinor: priceMinor ?? 0n, shortage: null, offer, ...more }
}

const percent: Coupon = {
  id: 'cpn_1',
  code: 'TEN',
  discount: { kind: 'PERCENT', basisPoints: 1_000 },
  minimums: {},
  startsAt: null,
  expiresAt: null,
  usageLimit: null,
  usageLimitPerCustomer: null,
  customerId: null,
  timesUsed: 0,
  active: true,
  version: 1,
  createdAt: now,
}

const price = (lines: OfferedLine[], coupon: Coupon | null = null, currency: Currency = 'USD') =>
  priceCart(lines, { currency, held: coupon && { coupon, usedByCustomer: 0 }, now })

test('a cart costs the sum of its lines', () => {
  const { subtotal, total, orderable } = price([aLine(1_299n, { quantity: 3 }), aLine(850n)])
  expect([subtotal.minor, total.minor, orderable]).toEqual([4_747n, 4_747n, true])
})

test('a price that changed since it was seen is marked, and the current one is charged', () => {
  const { lines, total } = price([aLine(1_100n, { seenMinor: 1_000n })])
  expect(lines[0]?.priceChangedFrom).toEqual(money(1_000n, 'USD'))
  expect(total.minor).toBe(1_100n)
  expect(price([aLine(1_100n)]).lines[0]?.priceChangedFrom).toBeNull()
})

test.each([
  ['counts while inventory has published nothing since', 2, null, 0, 2],
  ['counts at the sequence of the copy', 2, 9, 5, 2],
  ['of an older sequence counts no more', 2, 9, 4, null],
  ['of an older sequence leaves the quantity of the copy', 2, 3, 4, 3],
])('a refusal %s', (_, available, copied, sequence, short) => {
  const { offer } = aLine(1_000n)
  const known = { ...offer, available: copied, availabilitySequence: copied === null ? null : 5 }
  expect(shortOf(known, 4, { available, sequence })).toBe(short)
})

test('a line that has left the shop cannot be ordered, nor the cart with it', () => {
  const { lines, orderable } = price([aLine(1_000n), aLine(1_000n, {}, false)])
  expect(lines.map((line) => line.orderable)).toEqual([true, false])
  expect(orderable).toBe(false)
  expect(price([]).orderable).toBe(false)
})

describe('a coupon', () => {
  test('in percent is rounded half up to the minor unit', () => {
    expect(price([aLine(1_005n)], percent).discounts[0]?.amount.minor).toBe(101n)
    expect(price([aLine(1_004n)], percent).total.minor).toBe(904n)
    expect(price([aLine(1_805n)], percent, 'JPY').discounts[0]?.amount).toEqual(money(181n, 'JPY'))
  })

  test('of a fixed amount never takes off more than there is', () => {
    const fixed: Coupon = { ...percent, discount: { kind: 'FIXED', off: { USD: 2_000n } } }
    expect(price([aLine(1_500n)], fixed).total.minor).toBe(0n)
    expect(price([aLine(2_500n)], fixed).total.minor).toBe(500n)
  })

  test('that does not apply stays on the cart, says why and takes nothing off', () => {
    const { discounts, total } = price([aLine(1_500n)], { ...percent, minimums: { USD: 2_000n } })
    expect(discounts).toEqual([{ code: 'TEN', amount: money(0n, 'USD'), status: 'BELOW_MINIMUM' }])
    expect(total.minor).toBe(1_500n)
  })
})

test('discounts allocated to lines add up exactly, and no line gets more than it costs', () => {
  const amounts = fc.array(fc.bigInt({ min: 0n, max: 10_000_000n }), { minLength: 1, maxLength: 100 })
  const currencies = fc.constantFrom<Currency>('USD', 'EUR', 'JPY')
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 10_000 }), currencies, (prices, basisPoints, currency) => {
      const coupon: Coupon = { ...percent, discount: { kind: 'PERCENT', basisPoints } }
      const lines = prices.map((minor) => aLine(minor))
      const { subtotal, total, discounts } = price(lines, coupon, currency)
      const discount = discounts[0]?.amount ?? money(0n, currency)
      const parts = allocate(discount, prices)
      expect(parts.reduce((all, part) => all + part.minor, 0n)).toBe(discount.minor)
      expect(total.minor).toBe(subtotal.minor - discount.minor)
      expect(parts.every((part, index) => part.minor >= 0n && part.minor <= (prices[index] ?? 0n))).toBe(true)
    }),
  )
})
