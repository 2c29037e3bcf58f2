// Tested in ../campaigns.int.test.ts: the test runs operations.

import { connectionOf, pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { hasScope, isSelf, requireUser, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { instantCursor } from '@argyle/kit/keyset'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import type { SupportLoaders } from '../loaders.ts'
import { spentAmounts } from '../segment/rule.ts'
import {
  cancelCampaignInput,
  createCampaignInput,
  scheduleCampaignInput,
  updateCampaignInput,
} from './campaign-input.ts'
import type { ArmCounts } from './campaign-reads.ts'
import { differenceOf } from './proportions.ts'

export const campaignQueries: QueryResolvers = {
  campaign: (_, { id }, { load }) => load.campaignById.load(readId('id', 'cmp', id)),
  async campaigns(_, args, { campaignReads }) {
    const page = pageArgs(args)
    return connectionOf(await campaignReads.page(page), page, {
      cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id),
    })
  },
}

export const campaignMutations: MutationResolvers = {
  async createCampaign(_, args, { campaigns, viewer, load }) {
    const input = validate(createCampaignInput, args.input)
    if (!input.ok) return payload('campaign', input)
    const decision = await campaigns.create(requireUser(viewer).id, input.value)
    return payload('campaign', await loadAccepted(decision, (id) => load.campaignById.load(id)))
  },

  async updateCampaign(_, args, { campaigns, viewer }) {
    const input = validate(updateCampaignInput, args.input)
    if (!input.ok) return payload('campaign', input)
    return payload('campaign', await campaigns.update(requireUser(viewer).id, input.value))
  },

  async scheduleCampaign(_, args, { campaigns, viewer }) {
    const input = validate(scheduleCampaignInput, args.input)
    if (!input.ok) return payload('campaign', input)
    return payload('campaign', await campaigns.schedule(requireUser(viewer).id, input.value))
  },

  async cancelCampaign(_, args, { campaigns, viewer }) {
    const input = validate(cancelCampaignInput, args.input)
    if (!input.ok) return payload('campaign', input)
    return payload('campaign', await campaigns.cancel(requireUser(viewer).id, input.value))
  },
}

/** The groups in the order of the enum, each with its difference to the control group. */
function results(counts: readonly ArmCounts[]) {
  const control = counts.find(({ arm }) => arm === 'CONTROL')
  const order = ['CONTROL', 'A', 'B']
  return counts
    .toSorted((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm))
    .map(({ revenue, campaignId: _, ...group }) => ({
      ...group,
      revenue: spentAmounts(revenue),
      comparedToControl:
        group.arm === 'CONTROL' || !control
          ? null
          : differenceOf(
              { successes: group.ordered, trials: group.people },
              { successes: control.ordered, trials: control.people },
            ),
    }))
}

/** A page of the messages to a person, for the person and for marketing. */
export async function campaignMessagesTo(
  userId: string,
  args: { readonly first?: number | null; readonly after?: string | null },
  { load, viewer }: { readonly load: SupportLoaders; readonly viewer: Viewer },
) {
  if (!isSelf(viewer, userId) && !hasScope(viewer, 'marketing:read')) return null
  const sort = 'MESSAGES'
  const page = pageArgs(args, { sort })
  const rows = await load.campaignMessagePages({ page }).load(userId)
  return connectionOf(rows, page, {
    sort,
    cursorOf: ({ handedOverAt, id }) => instantCursor(handedOverAt, id),
  })
}

export const campaignFields = {
  CampaignMessage: { campaign: ({ campaignId }, _, { load }) => load.campaignById.load(campaignId) },

  Campaign: {
    __resolveReference: ({ id }, { load, viewer }) =>
      isId('cmp', id) && hasScope(viewer, 'marketing:read') ? load.campaignById.load(id) : null,
    segment: ({ segmentId }, _, { load }) => load.segmentById.load(segmentId),
    variants: ({ variants }) => [...variants],
    coupon: ({ couponBasisPoints, couponValidDays }) =>
      couponBasisPoints === null || couponValidDays === null
        ? null
        : { percentBasisPoints: couponBasisPoints, validDays: couponValidDays },
    results: async ({ id }, _, { load }) => results(await load.resultsByCampaignId.load(id)),
  },
} satisfies Resolvers
