import type { Cursor } from '@argyle/kit/connection'
import { instantCursor, readInstantCursor } from '@argyle/kit/keyset'
import type { Prisma } from '../generated/prisma/client.ts'
import type { TicketRow } from './ticket-reads.ts'

/** A total order of tickets, by a column and by cursors. */
export type TicketSort = {
  /** Part of every cursor, so that a cursor of another order is refused. */
  readonly name: 'NEWEST' | 'DUE'
  /** The tickets that the order contains. */
  readonly equalsAny: Prisma.TicketWhereInput
  readonly orderBy: readonly Prisma.TicketOrderByWithRelationInput[]
  /** @throws GraphQLError BAD_USER_INPUT for a forged cursor */
  behind(after: Cursor | null): Prisma.TicketWhereInput
  cursorOf(ticket: TicketRow): Cursor
}

// The second condition of `behind` implies the first. PostgreSQL needs the first to start the index scan at the cursor.
export const TICKET_SORTS: Readonly<Record<TicketSort['name'], TicketSort>> = {
  NEWEST: {
    name: 'NEWEST',
    equalsAny: {},
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    behind(after) {
      const last = readInstantCursor(after, 'tkt')
      if (!last) return {}
      const { at, id } = last
      return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] }
    },
    cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id),
  },
  DUE: {
    name: 'DUE',
    equalsAny: { dueAt: { not: null } },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    behind(after) {
      const last = readInstantCursor(after, 'tkt')
      if (!last) return {}
      const { at, id } = last
      return { dueAt: { gte: at }, OR: [{ dueAt: { gt: at } }, { id: { gt: id } }] }
    },
    // The order contains only tickets with a deadline.
    cursorOf: ({ dueAt, createdAt, id }) => instantCursor(dueAt ?? createdAt, id),
  },
}
