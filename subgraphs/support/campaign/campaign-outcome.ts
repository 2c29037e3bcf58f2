// Tested in ../campaign-sending.int.test.ts: outcomes come by messages and by links.

import type { Clock } from '@argyle/kit/clock'
import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.ts'

const settled = z.object({ messageId: z.string(), outcome: z.enum(['SENT', 'SUPPRESSED', 'FAILED']) })

const SETTLE = `
UPDATE campaign_recipient SET outcome = $2, outcome_sequence = $3
 WHERE id = $1 AND arm <> 'CONTROL' AND outcome_sequence < $3`

/** notifications.campaign_message.settled: the outcome of a message. A late one has no effect. */
export async function noteOutcome({ data, sequence }: Envelope, tx: Tx): Promise<void> {
  const { messageId, outcome } = settled.parse(data)
  await tx.$executeRawUnsafe(SETTLE, messageId, outcome, sequence)
}

/** Notes openings and clicks, each the first time. */
export function visitStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Notes a click. Resolves to the path of the storefront that the link leads to; null for an unknown token. */
    async click(token: string, isCounted: boolean): Promise<string | null> {
      const [row] = await prisma.$queryRaw<{ linkPath: string; clickedAt: Date | null }[]>`
        SELECT c.link_path AS "linkPath", r.clicked_at AS "clickedAt"
          FROM campaign_recipient r JOIN campaign c ON c.id = r.campaign_id WHERE r.token = ${token}`
      if (row && isCounted && row.clickedAt === null)
        await prisma.$executeRaw`
          UPDATE campaign_recipient SET clicked_at = ${clock()} WHERE token = ${token} AND clicked_at IS NULL`
      return row?.linkPath ?? null
    },

    /** Notes that an e-mail was opened. Unknown tokens have no effect. */
    async open(token: string): Promise<void> {
      await prisma.$executeRaw`
        UPDATE campaign_recipient SET opened_at = ${clock()} WHERE token = ${token} AND opened_at IS NULL`
    },
  }
}

export type VisitStore = ReturnType<typeof visitStore>
