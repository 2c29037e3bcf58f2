import { auditConnection } from '@argyle/kit/audit'
import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from '../generated/resolvers.ts'
import { setExchangeRateInput } from './rate-input.ts'

export const rateResolvers: Resolvers = {
  Query: {
    exchangeRates: (_, __, { rates }) => rates.list(),
    analyticsAudit: (_, args, { prisma }) => auditConnection(prisma, pageArgs(args), args.subjectId ?? null),
  },

  Mutation: {
    async setExchangeRate(_, args, { rates, viewer, load }) {
      const input = validate(setExchangeRateInput, args.input)
      if (!input.ok) return payload('exchangeRate', input)
      const decision = await rates.set(requireUser(viewer).id, input.value)
      return payload('exchangeRate', await loadAccepted(decision, (id) => load.rateById.load(id)))
    },
  },
}
