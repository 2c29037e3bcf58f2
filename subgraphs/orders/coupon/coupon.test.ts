import { money } from '@argyle/kit/money'
import { describe, expect, test } from 'vitest'
import { type Coupon, discountOf, isOpenToCustomer, judgeCoupon, normalCode } from './coupon.ts'

const now = new Date('2026-11-21T09:00:00Z')
const before = new Date('2026-11-21T08:59:59.999Z')

function aCoupon(more: Partial<Coupon> = {}): Coupon {
  return {
    id: 'cpn_1',
    code: 'COLD-FEET',
    customerId: null,
    discount: { kind: 'PERCENT', basisPoints: 1_250 },
    minimums: {},
    startsAt: null,
    expiresAt: null,
    usageLimit: null,
    usageLimitPerCustomer: null,
    timesUsed: 0,
    active: true,
    version: 1,
    createdAt: now,
    ...more,
  }
}

const use = { subtotal: money(5_000n, 'EUR'), usedByCustomer: 0, now }
const fixed = { kind: 'FIXED', off: { EUR: 500n } } as const

describe('a coupon is judged', () => {
  test.each([
    ['APPLICABLE', aCoupon(), use],
    ['APPLICABLE', aCoupon({ startsAt: now }), use],
    ['APPLICABLE', aCoupon({ usageLimit: 3, timesUsed: 2 }), use],
    ['APPLICABLE', aCoupon({ discount: fixed }), use],
    ['APPLICABLE', aCoupon({ minimums: { EUR: 5_000n, USD: 9_000n } }), use],
    ['INACTIVE', aCoupon({ active: false }), use],
    ['NOT_STARTED', aCoupon({ startsAt: now }), { ...use, now: before }],
    ['EXPIRED', aCoupon({ expiresAt: now }), use],
    ['USED_UP', aCoupon({ usageLimit: 3, timesUsed: 3 }), use],
    ['CUSTOMER_LIMIT_REACHED', aCoupon({ usageLimitPerCustomer: 1 }), { ...use, usedByCustomer: 1 }],
    ['WRONG_CURRENCY', aCoupon({ discount: fixed }), { ...use, subtotal: money(5_000n, 'JPY') }],
    ['BELOW_MINIMUM', aCoupon({ minimums: { EUR: 5_001n } }), use],
  ] as const)('%s', (status, coupon, held) => {
    expect(judgeCoupon(coupon, held)).toBe(status)
  })
})

test('a discount is exact in every currency', () => {
  expect(discountOf(aCoupon(), money(3_999n, 'USD'))).toEqual(money(500n, 'USD'))
  expect(discountOf(aCoupon(), money(1_796n, 'JPY'))).toEqual(money(225n, 'JPY'))
  expect(discountOf(aCoupon({ discount: fixed }), money(300n, 'EUR'))).toEqual(money(300n, 'EUR'))
})

test('a personal coupon exists for its customer alone', () => {
  const personal = { customerId: 'usr_1' }
  expect(['usr_1', 'usr_2', null].map((id) => isOpenToCustomer(personal, id))).toEqual([true, false, false])
  expect([null, 'usr_2'].map((id) => isOpenToCustomer({ customerId: null }, id))).toEqual([true, true])
})

test('a code is read without regard to case and spaces around it', () => {
  expect(normalCode(' cold-Feet ')).toBe('COLD-FEET')
})
