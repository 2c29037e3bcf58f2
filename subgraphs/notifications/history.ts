import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { consentChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Consumers that keep a copy of consents. */
const READERS: readonly string[] = ['support']

/** The consent of each account that has ever changed its preferences, by id. */
async function consents(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS.includes(recipient)) return []
  const rows = await prisma.$queryRaw<{ userId: string; version: number; since: Date | null }[]>`
    SELECT s.user_id AS "userId", s.version, c.since FROM person_setting s
      LEFT JOIN opt_in c ON c.recipient = s.user_id AND c.kind = 'CAMPAIGN' AND c.channel = 'EMAIL'
     WHERE s.user_id > ${after ?? ''} ORDER BY s.user_id LIMIT ${limit}`
  return rows.map(({ userId, version, since }) => ({
    event: consentChanged({ userId, acceptsCampaigns: since !== null, version }),
    time: since ?? new Date(0),
    cursor: userId,
  }))
}

/** The events that notifications publishes again from its tables. */
export const history = [consents]
