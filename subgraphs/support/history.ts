import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { ticketChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

/** The state of each ticket, by id. */
async function tickets(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const rows = await prisma.ticket.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: ticketChanged(row), time: row.updatedAt, cursor: row.id }))
}

/** The events that support publishes again from its tables. */
export const history = [tickets]
