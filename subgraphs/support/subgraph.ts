// Tested in tickets.int.test.ts: the file has no logic of its own.

import { type AuditLog, auditLog } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { type VisitStore, visitStore } from './campaign/campaign-outcome.ts'
import { type CampaignReads, campaignReads } from './campaign/campaign-reads.ts'
import { type CampaignRun, campaignRun } from './campaign/campaign-run.ts'
import { type CampaignStore, campaignStore } from './campaign/campaign-store.ts'
import { visitRoute } from './campaign/visit-route.ts'
import { eraseOldGuests, eraseTickets } from './erasure.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens, listensToMany } from './listens.ts'
import { type SupportLoaders, supportLoaders } from './loaders.ts'
import { inboundRoute } from './mail/inbound-route.ts'
import { type InboundStore, inboundStore } from './mail/inbound-store.ts'
import { tagKeyOf, tagOf } from './mail/ticket-tag.ts'
import { resolvers } from './resolvers.ts'
import { type EvaluationStore, evaluationStore, UNFINISHED_SEGMENTS } from './segment/evaluation.ts'
import { markBuyers } from './segment/recategorised.ts'
import { type RfmStore, rfmStore, SCALE_DUE } from './segment/rfm.ts'
import { type SegmentReads, segmentReads } from './segment/segment-reads.ts'
import { type SegmentStore, segmentStore } from './segment/segment-store.ts'
import { supportSettings } from './settings.ts'
import { type TargetStore, targetStore } from './target/target-store.ts'
import { type TemplateStore, templateStore } from './template/template-store.ts'
import { type BreachStore, breachStore } from './ticket/breach-store.ts'
import { type GuestTicketStore, guestTicketStore } from './ticket/guest-ticket-store.ts'
import { type TicketReads, ticketReads } from './ticket/ticket-reads.ts'
import { type TicketStore, ticketStore } from './ticket/ticket-store.ts'

/** The stores, each under the plural of its entity, the reads of tickets, and the audit log of staff changes. */
type Stores = {
  readonly tickets: TicketStore
  readonly reads: TicketReads
  readonly guestTickets: GuestTicketStore
  readonly templates: TemplateStore
  readonly targets: TargetStore
  readonly segments: SegmentStore
  readonly segmentReads: SegmentReads
  readonly campaigns: CampaignStore
  readonly campaignReads: CampaignReads
  readonly audit: AuditLog
}

/** The resources that live as long as the subgraph. */
export type Resources = Stores & {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly throttle: Throttle
  readonly breaches: BreachStore
  /** Null if e-mails are not accepted. */
  readonly inbound: InboundStore | null
  readonly mailKey: Uint8Array | null
  readonly guestTicketDays: number
  readonly mailServer: string | null
  readonly evaluations: EvaluationStore
  readonly rfm: RfmStore
  readonly campaignRun: CampaignRun
  readonly visits: VisitStore
  readonly storefront: string
}

/** The context of a resolver. */
export type Context = Stores & {
  readonly viewer: Viewer
  readonly clientAddress: string | null
  readonly load: SupportLoaders
  readonly now: Clock
}

/** Interval at which breached tickets are looked for. */
const BREACH_LOOK_MS = 5_000
/** Interval at which segments to evaluate are looked for. */
const EVALUATION_LOOK_MS = 1_000
/** Interval at which campaigns to send are looked for. */
const CAMPAIGN_LOOK_MS = 1_000

export const support = defineSubgraph({
  name: 'support',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: supportSettings,
  async open({ database, clock, config }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const { REOPEN_DAYS: reopenDays, SUPPORT_MAIL_KEY: mailKey, SUPPORT_MAIL_SERVER: mailServer } = config
    const tagKey = mailKey && tagKeyOf(mailKey)
    const replyTagOf = (ticketId: string) => tagKey && tagOf(tagKey, ticketId)
    const inbound = tagKey && inboundStore({ prisma, clock, reopenDays, tagKey })
    const throttle = throttleOn(prisma, clock)
    const mail = { inbound, mailKey, mailServer }
    return {
      prisma,
      clock,
      ...mail,
      guestTicketDays: config.GUEST_TICKET_DAYS,
      tickets: ticketStore({ prisma, clock, reopenDays, replyTagOf }),
      throttle,
      guestTickets: guestTicketStore({ prisma, clock, throttle, reopenDays }),
      reads: ticketReads(prisma),
      templates: templateStore(prisma, clock),
      targets: targetStore(prisma, clock),
      segments: segmentStore(prisma, clock),
      segmentReads: segmentReads(prisma),
      campaigns: campaignStore(prisma, clock),
      campaignReads: campaignReads(prisma),
      audit: auditLog(prisma),
      breaches: breachStore(prisma, clock),
      evaluations: evaluationStore(prisma, clock),
      rfm: rfmStore(prisma, clock),
      campaignRun: campaignRun(prisma, clock),
      visits: visitStore(prisma, clock),
      storefront: config.STOREFRONT_URL,
    }
  },
  context: ({ clock: now, ...resources }: Resources, { viewer, clientAddress }): Context => ({
    ...resources,
    ...{ viewer, clientAddress, now, load: supportLoaders(resources) },
  }),
  listens,
  listensToMany,
  gathersMessages: true,
  history,
  timers: [
    {
      name: 'erase-guest-tickets',
      everyMs: 3_600_000,
      run: ({ prisma, clock, guestTicketDays: days }) => eraseOldGuests(prisma, clock(), days),
    },
    { name: 'forget-throttles', everyMs: 3_600_000, run: ({ throttle }) => throttle.forget() },
    { name: 'forget-mail', everyMs: 3_600_000, run: async ({ inbound }) => inbound?.forget() },
    {
      name: 'mark-breaches',
      everyMs: BREACH_LOOK_MS,
      due: 'SELECT min(breach_at) FROM ticket',
      run: ({ breaches }) => breaches.markDue(),
    },
    {
      name: 'run-campaigns',
      everyMs: CAMPAIGN_LOOK_MS,
      due: 'SELECT min(due_at) FROM campaign',
      run: (resources) => resources.campaignRun.runDue(),
    },
    {
      name: 'evaluate-segments',
      everyMs: EVALUATION_LOOK_MS,
      due: 'SELECT min(due_at) FROM customer WHERE NOT is_deleted',
      run: ({ evaluations }) => evaluations.evaluateDue(),
    },
    {
      name: 'refresh-scores',
      everyMs: EVALUATION_LOOK_MS,
      due: SCALE_DUE,
      run: ({ rfm }) => rfm.refreshDue(),
    },
    {
      name: 'mark-buyers',
      everyMs: EVALUATION_LOOK_MS,
      due: `SELECT '-infinity'::timestamptz FROM recategorised_product ORDER BY product_id LIMIT 1`,
      run: ({ prisma }) => markBuyers(prisma),
    },
    // A timer of its own, so that a new rule for many customers delays no change.
    {
      name: 'finish-segments',
      everyMs: EVALUATION_LOOK_MS,
      due: UNFINISHED_SEGMENTS,
      run: ({ evaluations }) => evaluations.finishSegments(),
    },
    {
      name: 'erase-deleted-users',
      everyMs: 60_000,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, eraseTickets),
    },
  ],
  routes(app, resources: Resources) {
    visitRoute(app, resources)
    inboundRoute(app, resources)
  },
})
