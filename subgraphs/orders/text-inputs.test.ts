import { testTextInputs } from '@argyle/kit/testing/text-inputs'
import { readCartCoupon } from './cart/cart-input.ts'
import { readCreateCoupon } from './coupon/coupon-input.ts'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  ApplyCouponInput: {
    check: readCartCoupon,
    example: { expectedVersion: 1, cartId: 'crt_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d', code: 'WARM' },
    fields: { code: 'TOKEN' },
  },
  CreateCouponInput: {
    check: readCreateCoupon,
    example: { idempotencyKey: 'a key', code: 'WARM', percentBasisPoints: 500 },
    fields: { code: 'TOKEN' },
  },
})
