import { pageArgs } from '@argyle/kit/connection'
import type { Resolvers } from './generated/resolvers.ts'
import { methodResolvers } from './method/method-resolvers.ts'
import { paymentResolvers } from './payment/payment-resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  ...paymentResolvers,
  ...methodResolvers,
  Query: {
    ...paymentResolvers.Query,
    ...methodResolvers.Query,
    paymentsAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },
  Mutation: { ...paymentResolvers.Mutation, ...methodResolvers.Mutation },
}
