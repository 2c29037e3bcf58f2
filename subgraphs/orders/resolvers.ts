import { formatMoney } from '@argyle/kit/money'
import { cartResolvers } from './cart/cart-resolvers.ts'
import { couponResolvers } from './coupon/coupon-resolvers.ts'
import type { Resolvers } from './generated/resolvers.ts'
import { orderResolvers } from './order/order-resolvers.ts'

export const resolvers: Resolvers = {
  ...cartResolvers,
  ...couponResolvers,
  ...orderResolvers,
  Query: { ...cartResolvers.Query, ...couponResolvers.Query, ...orderResolvers.Query },
  Mutation: { ...cartResolvers.Mutation, ...couponResolvers.Mutation, ...orderResolvers.Mutation },
  User: { ...cartResolvers.User, ...orderResolvers.User },
  Money: {
    amount: (money) => formatMoney(money).amount,
    currencyCode: ({ currency }) => currency,
  },
}
