// Tested in ../tickets.int.test.ts: the test runs operations.

import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { mayReadOrder, requireUser, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import { campaignMessagesTo } from '../campaign/campaign-resolvers.ts'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import type { Access } from './change.ts'
import { rate, reopen, resolve } from './rules.ts'
import type { Ticket } from './ticket.ts'
import {
  answerTicketInput,
  assignTicketInput,
  mergeTicketInput,
  messageInput,
  openGuestTicketInput,
  openTicketInput,
  prioritizeTicketInput,
  rateTicketInput,
  whichTicketInput,
  writeToGuestTicketInput,
} from './ticket-input.ts'
import { allTickets, messagesOf, ticketsOf, ticketsOfOrder } from './ticket-list.ts'
import type { VersionedRequest } from './ticket-store.ts'
import { isAgent, leadsTo, maySee } from './visibility.ts'

type Which = { readonly id: string; readonly expectedVersion: number }

function requestOf(
  viewer: Viewer,
  { mutation, access }: { readonly mutation: string; readonly access: Access },
  { id, expectedVersion }: Which,
): VersionedRequest {
  return { actor: requireUser(viewer), access, mutation, id, expectedVersion }
}

const agentRequest = (viewer: Viewer, mutation: string, which: Which) =>
  requestOf(viewer, { mutation, access: 'AGENT' }, which)

const shownTo = (viewer: Viewer, ticket: Ticket | null) =>
  ticket && maySee(viewer, ticket.customerId) ? ticket : null

export const ticketQueries: QueryResolvers = {
  ticket: async (_, { id }, { load, viewer }) =>
    shownTo(viewer, await load.ticketById.load(readId('id', 'tkt', id))),
  tickets: (_, args, { reads }) => allTickets(args, reads),
}

export const ticketMutations: MutationResolvers = {
  async openTicket(_, args, { tickets, viewer, load }) {
    const input = validate(openTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await tickets.open(requireUser(viewer).id, input.value)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async writeToTicket(_, args, { tickets, viewer, load }) {
    const input = validate(messageInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await tickets.write(requireUser(viewer), input.value)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async openGuestTicket(_, args, { guestTickets, clientAddress, load }) {
    const input = validate(openGuestTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await guestTickets.open(input.value, clientAddress)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async writeToGuestTicket(_, args, { guestTickets, clientAddress, load }) {
    const input = validate(writeToGuestTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await guestTickets.write(input.value, clientAddress)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async resolveTicket(_, args, { tickets, viewer }) {
    const input = validate(whichTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const request = requestOf(viewer, { mutation: 'resolveTicket', access: 'BOTH' }, input.value)
    return payload('ticket', await tickets.step(request, resolve))
  },

  async reopenTicket(_, args, { tickets, viewer }) {
    const input = validate(whichTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const request = requestOf(viewer, { mutation: 'reopenTicket', access: 'BOTH' }, input.value)
    const days = isAgent(viewer) ? null : tickets.reopenDays
    return payload('ticket', await tickets.step(request, (ticket, now) => reopen(ticket, days, now)))
  },

  async rateTicket(_, args, { tickets, viewer }) {
    const input = validate(rateTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const request = requestOf(viewer, { mutation: 'rateTicket', access: 'CUSTOMER' }, input.value)
    return payload('ticket', await tickets.step(request, (ticket, now) => rate(ticket, input.value, now)))
  },

  async answerTicket(_, args, { tickets, viewer, load }) {
    const input = validate(answerTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await tickets.answer(requireUser(viewer), input.value)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async noteOnTicket(_, args, { tickets, viewer, load }) {
    const input = validate(messageInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const decision = await tickets.note(requireUser(viewer), input.value)
    return payload('ticket', await loadAccepted(decision, (id) => load.ticketById.load(id)))
  },

  async assignTicket(_, args, { tickets, viewer }) {
    const input = validate(assignTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const request = agentRequest(viewer, 'assignTicket', input.value)
    return payload('ticket', await tickets.assign(request, input.value.assigneeId))
  },

  async prioritizeTicket(_, args, { tickets, viewer }) {
    const input = validate(prioritizeTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    const request = agentRequest(viewer, 'prioritizeTicket', input.value)
    return payload('ticket', await tickets.prioritize(request, input.value.priority))
  },

  async mergeTicket(_, args, { tickets, viewer }) {
    const input = validate(mergeTicketInput, args.input)
    if (!input.ok) return payload('ticket', input)
    return payload('ticket', await tickets.merge(requireUser(viewer), input.value))
  },
}

export const ticketFields = {
  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
    tickets: ({ id }, args, context) =>
      maySee(context.viewer, id) ? ticketsOf('customer', id, args, context) : null,
    async segments({ id }, _, { load }) {
      return load.membershipsByUserId.load(id)
    },
    campaignMessages: ({ id }, args, context) => campaignMessagesTo(id, args, context),
    purchaseProfile: ({ id }, _, { load }) => load.factsByUserId.load(id),
  },

  Order: {
    __resolveReference: ({ id, guestProof = null }) => (isId('ord', id) ? { id, guestProof } : null),
    tickets: ({ id, guestProof = null }, args, context) => ticketsOfOrder({ id, guestProof }, args, context),
  },

  Ticket: {
    __resolveReference: async ({ id }, { load, viewer }) =>
      isId('tkt', id) ? shownTo(viewer, await load.ticketById.load(id)) : null,
    customer: ({ customerId }) => (customerId === null ? null : { id: customerId }),
    order: ({ orderId, customerId }, _, { viewer }) =>
      orderId && mayReadOrder(viewer, customerId) ? { id: orderId } : null,
    product: ({ productId }) => (productId ? { id: productId } : null),
    assignee: ({ assigneeId }) => (assigneeId ? { id: assigneeId } : null),
    async mergedInto(ticket, _, { load, viewer }) {
      if (ticket.status !== 'MERGED') return null
      return leadsTo(viewer, ticket, (await load.mergedIntoById.load(ticket.id))?.ticket ?? null)
    },
    messages: ({ id }, args, context) => messagesOf(id, args, context),
    firstResponse: ({ firstResponseDueAt, firstRespondedAt, firstResponseBreachedAt, pausedAt }) => ({
      dueAt: pausedAt && !firstRespondedAt ? null : firstResponseDueAt,
      metAt: firstRespondedAt,
      breachedAt: firstResponseBreachedAt,
      isPaused: pausedAt !== null && firstRespondedAt === null,
    }),
    resolution: ({ resolutionDueAt, resolvedAt, resolutionBreachedAt, pausedAt }) => ({
      dueAt: pausedAt ? null : resolutionDueAt,
      metAt: resolvedAt,
      breachedAt: resolutionBreachedAt,
      isPaused: pausedAt !== null,
    }),
    satisfaction: ({ rating, ratingComment: comment, ratedAt }) =>
      rating !== null && ratedAt ? { rating, comment, ratedAt } : null,
  },

  TicketMessage: { author: ({ authorId }) => (authorId === null ? null : { id: authorId }) },

  TicketConnection: { totalCount: ({ count }) => count() },

  TicketMergedError: {
    async mergedInto({ mergedId }, _, { load, viewer }) {
      const [from, into] = await Promise.all([
        load.ticketById.load(mergedId),
        load.mergedIntoById.load(mergedId),
      ])
      return from && leadsTo(viewer, from, into?.ticket ?? null)
    },
  },
} satisfies Resolvers
