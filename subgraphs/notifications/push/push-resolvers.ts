import { accept, payload } from '@argyle/kit/decision'
import { requireUser } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers } from '../generated/resolvers.ts'
import { registerPushSubscriptionInput, removePushSubscriptionInput } from './push-subscription-input.ts'

export const pushQueries: QueryResolvers = {
  webPushKey: (_, __, { pushKey }) => pushKey,
  pushSubscriptions: (_, __, { pushSubscriptions, viewer }) => pushSubscriptions.of(requireUser(viewer).id),
}

export const pushMutations: MutationResolvers = {
  async registerPushSubscription(_, args, { pushSubscriptions, pushHosts, viewer }) {
    const input = validate(registerPushSubscriptionInput(pushHosts), args.input)
    if (!input.ok) return payload('subscription', input)
    const registered = await pushSubscriptions.register(requireUser(viewer).id, input.value)
    return payload('subscription', accept(registered))
  },

  async removePushSubscription(_, args, { pushSubscriptions, viewer }) {
    const input = validate(removePushSubscriptionInput, args.input)
    if (!input.ok) return { isRemoved: false, userErrors: input.errors }
    await pushSubscriptions.remove(requireUser(viewer).id, input.value.id)
    return { isRemoved: true, userErrors: [] }
  },
}
