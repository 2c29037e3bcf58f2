// Tested in ../lists.int.test.ts: its statements need a database.

import type { Page } from '@argyle/kit/connection'
import { readInstantCursor } from '@argyle/kit/keyset'
import { columnsOf } from '@argyle/kit/select'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { TicketMessage } from './message.ts'
import type { Ticket } from './ticket.ts'
import type { TicketFilter } from './ticket-list.ts'
import type { TicketSort } from './ticket-sort.ts'

/** A ticket with its earliest running deadline. */
export type TicketRow = Ticket & { readonly dueAt: Date | null }

/** A ticket of a list, with the key of the list. */
export type KeyedTicket = TicketRow & { readonly key: string }

const COLUMNS = columnsOf(Prisma.TicketScalarFieldEnum)
const MESSAGE_COLUMNS = columnsOf(Prisma.TicketMessageScalarFieldEnum)

/** The kind of a list: tickets of a customer, or about an order. */
export type Owner = 'customer' | 'order'

const OWNERS = { customer: Prisma.raw('customer_id'), order: Prisma.raw('order_id') }

/** In place of a customer: only tickets of guests. */
export const GUEST = 'GUEST'

function only(equalsAny: string | null) {
  if (equalsAny === null) return Prisma.empty
  return equalsAny === GUEST
    ? Prisma.sql`AND guest_email IS NOT NULL`
    : Prisma.sql`AND customer_id = ${equalsAny}`
}

function conditions(filter: TicketFilter): Prisma.TicketWhereInput {
  const { statuses, isUnassigned, isBreached, ...equal } = filter
  const given = Object.entries(equal).filter(([, value]) => value !== null)
  const breached = [{ firstResponseBreachedAt: { not: null } }, { resolutionBreachedAt: { not: null } }]
  return {
    AND: [
      Object.fromEntries(given),
      statuses ? { status: { in: [...statuses] } } : {},
      isUnassigned === null ? {} : { assigneeId: isUnassigned ? null : { not: null } },
      isBreached === null ? {} : isBreached ? { OR: breached } : { NOT: { OR: breached } },
    ],
  }
}

/** Reads of tickets and messages, one statement or two for any number of keys. */
export function ticketReads(prisma: Pick<PrismaClient, 'ticket' | '$queryRaw'>) {
  const byIds = (ids: readonly string[]): Promise<TicketRow[]> =>
    prisma.ticket.findMany({ where: { id: { in: [...ids] } } })

  return {
    byIds,

    /** A page of all tickets that match. */
    page: (filter: TicketFilter, sort: TicketSort, page: Page): Promise<TicketRow[]> =>
      prisma.ticket.findMany({
        where: { AND: [conditions(filter), sort.equalsAny, sort.behind(page.after)] },
        orderBy: [...sort.orderBy],
        take: page.first + 1,
      }),

    count: (filter: TicketFilter, sort: TicketSort): Promise<number> =>
      prisma.ticket.count({ where: { AND: [conditions(filter), sort.equalsAny] } }),

    /**
     * A page of each customer's or order's tickets, newest first.
     * @param among only tickets of this customer, or of guests; null: all
     */
    pagesOf(
      owner: Owner,
      keys: readonly string[],
      { page, equalsAny }: { readonly page: Page; readonly equalsAny: string | null },
    ): Promise<KeyedTicket[]> {
      const after = readInstantCursor(page.after, 'tkt')
      const beyond = after ? Prisma.sql`AND (created_at, id) < (${after.at}, ${after.id})` : Prisma.empty
      const own = only(equalsAny)
      return prisma.$queryRaw`
        SELECT wanted.key, t.* FROM unnest(${[...keys]}::text[]) AS wanted (key)
         CROSS JOIN LATERAL (SELECT ${COLUMNS} FROM ticket WHERE ${OWNERS[owner]} = wanted.key ${own} ${beyond}
           ORDER BY created_at DESC, id DESC LIMIT ${page.first + 1}) t
         ORDER BY t."createdAt" DESC, t.id DESC`
    },

    countsOf(
      owner: Owner,
      keys: readonly string[],
      equalsAny: string | null,
    ): Promise<{ key: string; count: number }[]> {
      const own = only(equalsAny)
      return prisma.$queryRaw`
        SELECT ${OWNERS[owner]} AS key, count(*)::int AS count FROM ticket
         WHERE ${OWNERS[owner]} = ANY(${[...keys]}) ${own} GROUP BY 1`
    },

    /** The ticket that now has the messages of each merged one, even if it was merged itself since. */
    async mergedInto(ids: readonly string[]): Promise<{ id: string; ticket: TicketRow }[]> {
      const ends = await prisma.$queryRaw<{ id: string; endId: string }[]>`
        WITH RECURSIVE step (id, at) AS (
          SELECT id, merged_into_id FROM ticket WHERE id = ANY(${[...ids]}) AND merged_into_id IS NOT NULL
          UNION SELECT step.id, t.merged_into_id FROM step JOIN ticket t ON t.id = step.at WHERE t.merged_into_id IS NOT NULL)
        SELECT step.id, step.at AS "endId" FROM step JOIN ticket t ON t.id = step.at WHERE t.merged_into_id IS NULL`
      const rows = new Map((await byIds(ends.map(({ endId }) => endId))).map((row) => [row.id, row]))
      return ends.flatMap(({ id, endId }) => {
        const ticket = rows.get(endId)
        return ticket ? [{ id, ticket }] : []
      })
    },

    /** A page of each ticket's messages, oldest first; notes only if `notes`. */
    messagesOf(
      ticketIds: readonly string[],
      { page, notes }: { readonly page: Page; readonly notes: boolean },
    ): Promise<TicketMessage[]> {
      const after = readInstantCursor(page.after, 'msg')
      const beyond = after ? Prisma.sql`AND (at, id) > (${after.at}, ${after.id})` : Prisma.empty
      const shown = notes ? Prisma.empty : Prisma.sql`AND kind <> 'NOTE'`
      return prisma.$queryRaw`
        SELECT m.* FROM unnest(${[...ticketIds]}::text[]) AS wanted (ticket)
         CROSS JOIN LATERAL (SELECT ${MESSAGE_COLUMNS} FROM ticket_message
           WHERE ticket_id = wanted.ticket ${shown} ${beyond} ORDER BY at, id LIMIT ${page.first + 1}) m
         ORDER BY m.at, m.id`
    },
  }
}

export type TicketReads = ReturnType<typeof ticketReads>
