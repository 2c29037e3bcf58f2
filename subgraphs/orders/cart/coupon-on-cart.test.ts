import { describe, expect, test } from 'vitest'
import type { Coupon } from '../coupon/coupon.ts'
import type { Cart } from './cart.ts'
import { freshCart } from './cart-life.ts'
import { putCoupon } from './coupon-on-cart.ts'

const now = new Date('2026-11-21T09:00:00Z')
const cart: Cart = { ...freshCart({ id: 'crt_1', customerId: 'usr_1', currency: 'USD' }, now), lines: [] }
const usable: Coupon = {
  ...{ id: 'cpn_1', code: 'COLD-FEET', customerId: null, discount: { kind: 'PERCENT', basisPoints: 1_000 } },
  ...{ minimums: {}, startsAt: null, expiresAt: null, usageLimit: null, usageLimitPerCustomer: null },
  ...{ timesUsed: 0, active: true, version: 1, createdAt: now },
}
const put = (coupon: Partial<Coupon>, couponId: string | null = null, usedByCustomer = 0) => {
  const held = { coupon: { ...usable, ...coupon }, usedByCustomer }
  return putCoupon({ ...cart, couponId }, [], { code: 'COLD-FEET', held, now })
}
const later = new Date(now.getTime() + 1)

describe('a coupon that gives no discount', () => {
  const ofNoUse = [
    ['INACTIVE', { active: false }, 'it has ended'],
    ['NOT_STARTED', { startsAt: later }, 'it has not begun yet'],
    ['EXPIRED', { expiresAt: now }, 'it has expired'],
    ['USED_UP', { usageLimit: 1, timesUsed: 1 }, 'it has reached its maximum number of uses'],
  ] as const
  const notHere = [
    [
      'WRONG_CURRENCY',
      { discount: { kind: 'FIXED', off: { EUR: 500n } } },
      "it does not apply to the cart's currency",
    ],
    ['BELOW_MINIMUM', { minimums: { USD: 1n } }, 'the subtotal of the cart is below its minimum'],
    ['CUSTOMER_LIMIT_REACHED', { usageLimitPerCustomer: 1 }, 'you have reached its maximum number of uses'],
  ] as const
  const refusal = (status: string, why: string) => ({
    ok: false,
    errors: [
      {
        __typename: 'CouponNotApplicableError',
        message: `coupon "COLD-FEET" gives no discount: ${why}`,
        path: ['code'],
        status,
      },
    ],
  })

  test.each([...ofNoUse, ...notHere])('is %s on its cart, and says why', (status, coupon, why) => {
    expect(put(coupon, 'cpn_1', 1)).toEqual(refusal(status, why))
  })

  test.each(notHere)('is %s on another cart as well', (status, coupon, why) => {
    for (const other of [null, 'cpn_2']) expect(put(coupon, other, 1)).toEqual(refusal(status, why))
  })

  test.each(ofNoUse)('and is %s is answered like one that does not exist', (_, coupon) => {
    const unknown = putCoupon(cart, [], { code: 'COLD-FEET', held: null, now })
    for (const other of [null, 'cpn_2']) expect(put(coupon, other)).toEqual(unknown)
    expect(unknown).toEqual({
      ok: false,
      errors: [
        {
          __typename: 'ValidationError',
          message:
            'code is "COLD-FEET": allowed is the code of a coupon that has begun, has not ended and is not used up',
          path: ['code'],
        },
      ],
    })
  })
})

test('a coupon takes the place of the one that the cart has', () => {
  for (const before of [null, 'cpn_2'])
    expect(put({}, before)).toEqual({ ok: true, value: { ...cart, couponId: 'cpn_1' } })
})

test('a coupon that is on the cart already leaves the very same cart', () => {
  const held = { coupon: usable, usedByCustomer: 0 }
  const with1 = { ...cart, couponId: 'cpn_1' }
  const again = putCoupon(with1, [], { code: 'COLD-FEET', held, now })
  expect(again.ok && again.value).toBe(with1)
})
