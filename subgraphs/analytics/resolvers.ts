import { formatMoney } from '@argyle/kit/money'
import { forecastResolvers } from './forecast/forecast-resolvers.ts'
import type { Resolvers } from './generated/resolvers.ts'
import { rateResolvers } from './rate/rate-resolvers.ts'
import { reportResolvers } from './report/report-resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  ...reportResolvers,
  ...rateResolvers,
  ...forecastResolvers,
  Query: { ...reportResolvers.Query, ...rateResolvers.Query, ...forecastResolvers.Query },
  Mutation: { ...rateResolvers.Mutation },
  Money: {
    amount: (amount) => formatMoney(amount).amount,
    currencyCode: ({ currency }) => currency,
  },
}
