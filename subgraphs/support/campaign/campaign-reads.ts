// Tested in ../campaign-results.int.test.ts: its statements need a database.

import type { Page } from '@argyle/kit/connection'
import { readInstantCursor } from '@argyle/kit/keyset'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { Campaign } from './campaign.ts'
import { campaignOf } from './campaign-store.ts'
import type { Arm } from './split.ts'

/** The counts of a group. */
export type ArmCounts = {
  readonly campaignId: string
  readonly arm: Arm
  readonly people: number
  readonly waiting: number
  readonly sent: number
  readonly suppressed: number
  readonly failed: number
  readonly opened: number
  readonly clicked: number
  readonly ordered: number
  /** Minor units by currency, as text. */
  readonly revenue: Readonly<Record<string, string>>
}

// The period of each person begins at the release of the message. The control group has such a time too.
const RESULTS = `
SELECT r.campaign_id AS "campaignId", r.arm, count(r.released_at)::int AS people,
       (count(*) - count(r.released_at))::int AS waiting,
       (count(*) FILTER (WHERE r.outcome = 'SENT'))::int AS sent,
       (count(*) FILTER (WHERE r.outcome = 'SUPPRESSED'))::int AS suppressed,
       (count(*) FILTER (WHERE r.outcome = 'FAILED'))::int AS failed,
       count(r.opened_at)::int AS opened, count(r.clicked_at)::int AS clicked,
       (count(*) FILTER (WHERE bought.orders > 0))::int AS ordered,
       jsonb_build_object('USD', COALESCE(sum(bought.usd), 0)::text, 'EUR', COALESCE(sum(bought.eur), 0)::text,
                          'JPY', COALESCE(sum(bought.jpy), 0)::text) AS revenue
  FROM campaign_recipient r JOIN campaign c ON c.id = r.campaign_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS orders, sum(net_minor) FILTER (WHERE currency = 'USD') AS usd,
           sum(net_minor) FILTER (WHERE currency = 'EUR') AS eur, sum(net_minor) FILTER (WHERE currency = 'JPY') AS jpy
      FROM sale s
     WHERE s.buyer = r.user_id AND s.status = 'SOLD' AND s.placed_at >= r.released_at
       AND s.placed_at < r.released_at + make_interval(days => c.attribution_days)) bought ON true
 WHERE r.campaign_id = ANY($1::text[])
 GROUP BY r.campaign_id, r.arm`

/** An e-mail of a campaign to a person. */
export type CampaignMessage = {
  readonly id: string
  readonly userId: string
  readonly campaignId: string
  readonly handedOverAt: Date
  readonly outcome: 'SENT' | 'SUPPRESSED' | 'FAILED' | null
  readonly openedAt: Date | null
  readonly clickedAt: Date | null
  readonly couponCode: string | null
}

/** Reads of campaigns, one statement for any number of keys. */
export function campaignReads(prisma: PrismaClient) {
  return {
    async byIds(ids: readonly string[]): Promise<Campaign[]> {
      const rows = await prisma.campaign.findMany({ where: { id: { in: [...ids] } } })
      return rows.map(campaignOf)
    },

    /** A page of all campaigns, the newest first. @throws GraphQLError BAD_USER_INPUT for a forged cursor */
    async page(page: Page): Promise<Campaign[]> {
      const last = readInstantCursor(page.after, 'cmp')
      const behind = last && {
        createdAt: { lte: last.at },
        OR: [{ createdAt: { lt: last.at } }, { id: { lt: last.id } }],
      }
      const rows = await prisma.campaign.findMany({
        where: behind ?? {},
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.first + 1,
      })
      return rows.map(campaignOf)
    },

    /** A page of the messages to each person, the newest first. */
    messagesTo(userIds: readonly string[], page: Page): Promise<CampaignMessage[]> {
      const last = readInstantCursor(page.after, 'cms')
      const beyond = last ? Prisma.sql`AND (released_at, id) < (${last.at}, ${last.id})` : Prisma.empty
      return prisma.$queryRaw`
        SELECT m.* FROM unnest(${[...userIds]}::text[]) AS wanted (id)
         CROSS JOIN LATERAL (
           SELECT id, user_id AS "userId", campaign_id AS "campaignId", released_at AS "handedOverAt", outcome, opened_at AS "openedAt",
                  clicked_at AS "clickedAt", coupon_code AS "couponCode"
             FROM campaign_recipient WHERE user_id = wanted.id AND arm <> 'CONTROL' AND released_at IS NOT NULL ${beyond}
            ORDER BY released_at DESC, id DESC LIMIT ${page.first + 1}) m
         ORDER BY m."handedOverAt" DESC, m.id DESC`
    },

    resultsOf: (ids: readonly string[]): Promise<ArmCounts[]> =>
      prisma.$queryRawUnsafe<ArmCounts[]>(RESULTS, [...ids]),
  }
}

export type CampaignReads = ReturnType<typeof campaignReads>
