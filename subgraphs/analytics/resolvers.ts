import { formatMoney } from '@argyle/kit/money'
import type { Resolvers } from './generated/resolvers.ts'
import { rateResolvers } from './rate/rate-resolvers.ts'
import { reportResolvers } from './report/report-resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  ...reportResolvers,
  ...rateResolvers,
  Query: { ...reportResolvers.Query, ...rateResolvers.Query },
  Mutation: { ...rateResolvers.Mutation },
  Money: {
    amount: (amount) => formatMoney(amount).amount,
    currencyCode: ({ currency }) => currency,
  },
}
