import { pageArgs } from '@argyle/kit/connection'
import { campaignFields, campaignMutations, campaignQueries } from './campaign/campaign-resolvers.ts'
import type { Resolvers } from './generated/resolvers.ts'
import { segmentFields, segmentMutations, segmentQueries } from './segment/segment-resolvers.ts'
import { targetMutations, targetQueries } from './target/target-resolvers.ts'
import { templateFields, templateMutations, templateQueries } from './template/template-resolvers.ts'
import { ticketFields, ticketMutations, ticketQueries } from './ticket/ticket-resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    ...ticketQueries,
    ...templateQueries,
    ...targetQueries,
    ...segmentQueries,
    ...campaignQueries,
    supportAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },
  Mutation: {
    ...ticketMutations,
    ...templateMutations,
    ...targetMutations,
    ...segmentMutations,
    ...campaignMutations,
  },
  ...ticketFields,
  ...templateFields,
  ...segmentFields,
  ...campaignFields,
}
