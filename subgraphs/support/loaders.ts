import type { Page } from '@argyle/kit/connection'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { CampaignReads } from './campaign/campaign-reads.ts'
import type { SegmentReads } from './segment/segment-reads.ts'
import type { TemplateStore } from './template/template-store.ts'
import type { GuestTicketStore } from './ticket/guest-ticket-store.ts'
import type { Owner, TicketReads } from './ticket/ticket-reads.ts'

/** The list of tickets, and the customer whose tickets it is limited to; null for no limit. */
type ListArgs = { readonly owner: Owner; readonly equalsAny: string | null }

type Parts = {
  readonly reads: TicketReads
  readonly templates: TemplateStore
  readonly segmentReads: SegmentReads
  readonly campaignReads: CampaignReads
  readonly guestTickets: GuestTicketStore
}

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function supportLoaders({
  reads,
  templates,
  segmentReads: segments,
  campaignReads: campaigns,
  guestTickets,
}: Parts) {
  return {
    ticketById: loadOne(reads.byIds, (ticket) => ticket.id),
    mergedIntoById: loadOne(reads.mergedInto, (row) => row.id),
    guestProofHashByOrderId: loadOne(guestTickets.proofHashesOf, (row) => row.orderId),
    templateById: loadOne(templates.byIds, (template) => template.id),

    ticketPages: loadersByArgs(({ owner, ...args }: ListArgs & { readonly page: Page }) =>
      loadMany(
        (keys: readonly string[]) => reads.pagesOf(owner, keys, args),
        (ticket) => ticket.key,
      ),
    ),

    ticketCounts: loadersByArgs(({ owner, equalsAny }: ListArgs) =>
      loadOne(
        (keys: readonly string[]) => reads.countsOf(owner, keys, equalsAny),
        (row) => row.key,
      ),
    ),

    messagePages: loadersByArgs((args: { readonly page: Page; readonly notes: boolean }) =>
      loadMany(
        (ticketIds: readonly string[]) => reads.messagesOf(ticketIds, args),
        (message) => message.ticketId,
      ),
    ),

    segmentById: loadOne(segments.byIds, (segment) => segment.id),
    segmentSizeById: loadOne(segments.sizesOf, (row) => row.id),
    membershipsByUserId: loadMany(segments.membershipsOf, (row) => row.userId),
    factsByUserId: loadOne(segments.factsOf, (row) => row.userId),

    campaignById: loadOne(campaigns.byIds, (campaign) => campaign.id),
    campaignMessagePages: loadersByArgs(({ page }: { readonly page: Page }) =>
      loadMany(
        (userIds: readonly string[]) => campaigns.messagesTo(userIds, page),
        (message) => message.userId,
      ),
    ),
    resultsByCampaignId: loadMany(campaigns.resultsOf, (row) => row.campaignId),

    memberPages: loadersByArgs(({ page }: { readonly page: Page }) =>
      loadMany(
        (segmentIds: readonly string[]) => segments.membersOf(segmentIds, page),
        (member) => member.segmentId,
      ),
    ),
  }
}

export type SupportLoaders = ReturnType<typeof supportLoaders>
