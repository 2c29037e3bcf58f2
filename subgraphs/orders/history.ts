import { money } from '@argyle/kit/money'
import { countHistory } from '@argyle/kit/quarter-counts'
import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { CARTS_COUNTED, orderCancelled, orderPlaced, orderSummarised, saleChanged } from './events.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'
import { readSales } from './order/sale-reads.ts'

/**
 * `placed` of each order, and `cancelled` of the cancelled ones, in the order of their ids, which is that of
 * creation. Each has a time of its own, so that an order placed before `since` may be cancelled after it.
 */
async function orders(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const isWanted = ({ time }: PastEvent) => since === null || time >= since
  const at = { gte: since ?? new Date(0) }
  const young: Prisma.OrderWhereInput = {
    OR: [{ placedAt: at }, { status: 'CANCELLED', history: { some: { to: 'CANCELLED', at } } }],
  }
  const rows = await prisma.order.findMany({
    where: { id: { gt: after ?? '' }, ...(since && young) },
    orderBy: { id: 'asc' },
    take: limit,
    include: {
      lines: { orderBy: { position: 'asc' } },
      history: { where: { to: 'CANCELLED' }, orderBy: { version: 'desc' }, take: 1 },
    },
  })
  return rows.flatMap(({ lines, history: changes, ...row }): PastEvent[] => {
    const order = { ...row, totals: { total: money(row.totalMinor, row.currency) }, lines }
    const placed = { event: orderPlaced(order), time: row.placedAt, cursor: row.id }
    const [end] = changes
    if (row.status !== 'CANCELLED' || !end) return [placed]
    const ended = { event: orderCancelled(row, row.cancelReason), time: end.at, cursor: row.id }
    return [placed, ended].filter(isWanted)
  })
}

/** Consumers that may receive the e-mail addresses of guests. */
const READERS_OF_SUMMARIES: readonly string[] = ['notifications', 'support']

/** `summarised` of each order, by id. */
async function summaries(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_SUMMARIES.includes(recipient)) return []
  const rows = await prisma.order.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { placedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
    include: { lines: { orderBy: { position: 'asc' } } },
  })
  return rows.map(({ shipCountryCode: countryCode, ...row }) => {
    const summary = { ...row, countryCode, totals: { total: money(row.totalMinor, row.currency) } }
    return { event: orderSummarised(summary), time: row.placedAt, cursor: row.id }
  })
}

/** Consumers that store sales. Others do not get these messages, which are half of the replay. */
const READERS_OF_SALES: readonly string[] = ['analytics', 'support']

/** `sale.changed` of each sale and of each cancelled order, by id. */
async function sales(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_SALES.includes(recipient)) return []
  const rows = await readSales(prisma, { after, limit, since })
  return rows.map((row) => ({ event: saleChanged(row), time: row.placedAt, cursor: row.id }))
}

/** Consumers that count carts. */
const READERS_OF_CARTS: readonly string[] = ['analytics']

/** The numbers of carts that were begun. */
const carts: typeof orders = async (source, page) =>
  READERS_OF_CARTS.includes(page.recipient) ? countHistory(CARTS_COUNTED)(source, page) : []

/** The events that orders replays from its tables. */
export const history = [orders, summaries, sales, carts]
