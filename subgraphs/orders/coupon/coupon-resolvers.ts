import { connectionOf, pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { requireUser } from '@argyle/kit/identity'
import { instantCursor } from '@argyle/kit/keyset'
import type { Resolvers } from '../generated/resolvers.ts'
import { amountsOf } from './coupon.ts'
import { codeSchema, readCreateCoupon, readDeactivateCoupon } from './coupon-input.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const couponResolvers = {
  Query: {
    coupon(_, args, { coupons }) {
      const code = codeSchema.safeParse(args.code)
      return code.success ? coupons.byCode(code.data) : null
    },
    async coupons(_, args, { coupons }) {
      const page = pageArgs(args)
      return connectionOf(await coupons.page(page), page, {
        cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id),
      })
    },
  },

  Mutation: {
    async createCoupon(_, args, { coupons, viewer }) {
      const input = readCreateCoupon(args.input)
      if (!input.ok) return payload('coupon', input)
      const decision = await coupons.create(requireUser(viewer).id, input.value)
      if (!decision.ok) return payload('coupon', decision)
      return { coupon: await coupons.byId(decision.value), userErrors: [] }
    },

    async deactivateCoupon(_, args, { coupons, viewer }) {
      const input = readDeactivateCoupon(args.input)
      if (!input.ok) return payload('coupon', input)
      const { couponId, expectedVersion } = input.value
      const decision = await coupons.deactivate(requireUser(viewer).id, couponId, expectedVersion)
      if (!decision.ok) return payload('coupon', decision)
      return { coupon: await coupons.byId(decision.value), userErrors: [] }
    },
  },

  Coupon: {
    customer: ({ customerId }) => (customerId === null ? null : { id: customerId }),
    percentBasisPoints: ({ discount }) => (discount.kind === 'PERCENT' ? discount.basisPoints : null),
    fixedAmounts: ({ discount }) => (discount.kind === 'FIXED' ? amountsOf(discount.off) : []),
    minimumSubtotals: ({ minimums }) => amountsOf(minimums),
  },
} satisfies Resolvers
