import { formatMoney } from '@argyle/kit/money'
import { cartResolvers } from './cart/cart-resolvers.ts'
import { couponResolvers } from './coupon/coupon-resolvers.ts'
import type { Resolvers } from './generated/resolvers.ts'
import { guestResolvers } from './guest/guest-resolvers.ts'
import { invoiceResolvers } from './invoice/invoice-resolvers.ts'
import { orderResolvers } from './order/order-resolvers.ts'
import { taxResolvers } from './tax/tax-resolvers.ts'

export const resolvers: Resolvers = {
  ...cartResolvers,
  ...couponResolvers,
  ...orderResolvers,
  ...taxResolvers,
  ...invoiceResolvers,
  Order: { ...orderResolvers.Order, ...invoiceResolvers.Order },
  Query: {
    ...cartResolvers.Query,
    ...couponResolvers.Query,
    ...orderResolvers.Query,
    ...guestResolvers.Query,
    ...taxResolvers.Query,
  },
  Mutation: {
    ...cartResolvers.Mutation,
    ...couponResolvers.Mutation,
    ...orderResolvers.Mutation,
    ...guestResolvers.Mutation,
    ...taxResolvers.Mutation,
  },
  User: { ...cartResolvers.User, ...orderResolvers.User },
  Money: {
    amount: (money) => formatMoney(money).amount,
    currencyCode: ({ currency }) => currency,
  },
}
