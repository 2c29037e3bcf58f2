// Tested in ../guest-tickets.int.test.ts: the test runs operations.

import { type Connection, connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import { badUserInput } from '@argyle/kit/errors'
import { isSecretOf } from '@argyle/kit/hashed-secret'
import { requireUser, type Viewer } from '@argyle/kit/identity'
import { readId } from '@argyle/kit/ids'
import { instantCursor } from '@argyle/kit/keyset'
import { echo } from '@argyle/kit/user-errors'
import type { QueryTicketsArgs, TicketFilter as TicketFilterInput } from '../generated/resolvers.ts'
import type { SupportLoaders } from '../loaders.ts'
import type { TicketMessage } from './message.ts'
import type { Ticket, TicketPriority, TicketStatus } from './ticket.ts'
import { GUEST, type Owner, type TicketReads, type TicketRow } from './ticket-reads.ts'
import { TICKET_SORTS } from './ticket-sort.ts'
import { isSupport } from './visibility.ts'

/** Parent value of a TicketConnection. `count` runs only when `totalCount` is selected. */
export type TicketList = Connection<Ticket> & { readonly count: () => Promise<number> }

type PageArgs = { readonly first?: number | null; readonly after?: string | null }

/** The conditions of a list; null restricts nothing. */
export type TicketFilter = {
  readonly statuses: readonly TicketStatus[] | null
  readonly priority: TicketPriority | null
  readonly assigneeId: string | null
  readonly isUnassigned: boolean | null
  readonly customerId: string | null
  readonly orderId: string | null
  readonly isBreached: boolean | null
}

/** Statuses of a filter. */
const MAX_STATUSES = 5

/** @throws GraphQLError BAD_USER_INPUT with the bad value */
export function readFilter(filter: TicketFilterInput | null | undefined): TicketFilter {
  const { statuses = null, assigneeId, customerId, orderId } = filter ?? {}
  if (statuses && (statuses.length < 1 || statuses.length > MAX_STATUSES))
    throw badUserInput(`filter.statuses is ${echo(statuses)}: allowed are 1 to ${MAX_STATUSES} statuses`)
  const maybe = (name: string, prefix: string, value: string | null | undefined) =>
    value == null ? null : readId(`filter.${name}`, prefix, value)
  return {
    statuses,
    priority: filter?.priority ?? null,
    assigneeId: maybe('assigneeId', 'usr', assigneeId),
    isUnassigned: filter?.isUnassigned ?? null,
    customerId: maybe('customerId', 'usr', customerId),
    orderId: maybe('orderId', 'ord', orderId),
    isBreached: filter?.isBreached ?? null,
  }
}

/** A page of all tickets. @throws GraphQLError BAD_USER_INPUT for arguments out of range */
export async function allTickets(args: Partial<QueryTicketsArgs>, reads: TicketReads): Promise<TicketList> {
  const sort = TICKET_SORTS[args.sort ?? 'NEWEST']
  const [filter, page] = [readFilter(args.filter), pageArgs(args, { sort: sort.name })]
  const rows = await reads.page(filter, sort, page)
  const connection = connectionOf(rows, page, { sort: sort.name, cursorOf: sort.cursorOf })
  return { ...connection, count: () => reads.count(filter, sort) }
}

/** A page of the tickets of a customer or an order, as far as the viewer may see them. */
export async function ticketsOf(
  owner: Owner,
  key: string,
  args: PageArgs,
  { load, viewer }: { readonly load: SupportLoaders; readonly viewer: Viewer },
): Promise<TicketList> {
  const page = pageArgs(args, { sort: TICKET_SORTS.NEWEST.name })
  const equalsAny = isSupport(viewer) ? null : requireUser(viewer).id
  return ticketPage(owner, key, { page, equalsAny }, load)
}

/**
 * A page of the tickets about an order: the viewer's own, all of them for staff, and its guest's for a caller
 * who proves to be the guest.
 */
export async function ticketsOfOrder(
  { id, guestProof: proof }: { readonly id: string; readonly guestProof: string | null },
  args: PageArgs,
  context: { readonly load: SupportLoaders; readonly viewer: Viewer },
): Promise<TicketList | null> {
  const { load, viewer } = context
  const known = isSupport(viewer) || proof === null ? null : await load.guestProofHashByOrderId.load(id)
  const isGuest = proof !== null && isSecretOf(known?.guestProofHash ?? null, proof)
  if (!isGuest) return viewer.kind === 'user' ? ticketsOf('order', id, args, context) : null
  return ticketPage(
    'order',
    id,
    { page: pageArgs(args, { sort: TICKET_SORTS.NEWEST.name }), equalsAny: GUEST },
    load,
  )
}

/** The tickets of a list: those of one customer, those of guests, or all (null). */
async function ticketPage(
  owner: Owner,
  key: string,
  { page, equalsAny }: { readonly page: Page; readonly equalsAny: string | null },
  load: SupportLoaders,
): Promise<TicketList> {
  const { name, cursorOf } = TICKET_SORTS.NEWEST
  const rows: TicketRow[] = await load.ticketPages({ owner, page, equalsAny }).load(key)
  const connection = connectionOf(rows, page, { sort: name, cursorOf })
  return {
    ...connection,
    count: async () => (await load.ticketCounts({ owner, equalsAny }).load(key))?.count ?? 0,
  }
}

/** A page of the messages of a ticket. */
export async function messagesOf(
  ticketId: string,
  args: PageArgs,
  { load, viewer }: { readonly load: SupportLoaders; readonly viewer: Viewer },
): Promise<Connection<TicketMessage>> {
  const sort = 'MESSAGES'
  const page = pageArgs(args, { sort })
  const rows = await load.messagePages({ page, notes: isSupport(viewer) }).load(ticketId)
  return connectionOf(rows, page, { sort, cursorOf: ({ at, id }) => instantCursor(at, id) })
}
