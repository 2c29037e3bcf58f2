import { payload } from '@argyle/kit/decision'
import { requireUser } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers } from '../generated/resolvers.ts'
import { updateResponseTargetInput } from './target-input.ts'

export const targetQueries: QueryResolvers = {
  responseTargets: (_, __, { targets }) => targets.all(),
}

export const targetMutations: MutationResolvers = {
  async updateResponseTarget(_, args, { targets, viewer }) {
    const input = validate(updateResponseTargetInput, args.input)
    if (!input.ok) return payload('target', input)
    return payload('target', await targets.update(requireUser(viewer).id, input.value))
  },
}
