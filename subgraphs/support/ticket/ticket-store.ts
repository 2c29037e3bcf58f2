// Tested in ../tickets.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import type { UserViewer } from '@argyle/kit/identity'
import { readProgress } from '@argyle/kit/progress'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
} from '@argyle/kit/user-errors'
import { ticketAnswered } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { targetOf } from '../target/target-store.ts'
import { answerText, countryOf } from './answer.ts'
import { type ChangeRequest, changeTicket, type Outcome } from './change.ts'
import { mergeTickets } from './merge.ts'
import { openFor } from './opening.ts'
import { answer, assign, current, note, prioritize, write } from './rules.ts'
import {
  type Ticket,
  type TicketMergedError,
  type TicketPriority,
  type TicketStatusError,
  type UnknownOrderError,
  unknownOrder,
} from './ticket.ts'
import type { AnswerTicket, MergeTicket, NewMessage, OpenTicket } from './ticket-input.ts'
import type { Tx } from './ticket-rows.ts'

export type OpenError = UnknownOrderError | IdempotencyKeyReusedError | ValidationError
export type StepError = TicketMergedError | VersionConflictError | ValidationError

async function orderFault(
  tx: Tx,
  customerId: string,
  orderId: string | null,
): Promise<UnknownOrderError | null> {
  if (orderId === null || (await tx.knownOrder.findFirst({ where: { orderId, customerId } }))) return null
  return unknownOrder(orderId, await readProgress(tx, 'order_progress'))
}

async function productFault(tx: Tx, productId: string | null): Promise<ValidationError | null> {
  if (productId === null) return null
  const product = await tx.knownProduct.findFirst({ where: { productId, status: { not: 'DRAFT' } } })
  return product ? null : notFound('product', productId, ['productId'])
}

async function isAgentId(tx: Tx, userId: string): Promise<boolean> {
  return (await tx.agent.findFirst({ where: { userId, active: true } })) !== null
}

function noAgent(assigneeId: string | null): Decision<never, ValidationError> {
  const message = `assigneeId is ${JSON.stringify(assigneeId)}: allowed is yourself, or an account with the role SUPPORT or ADMIN`
  return refuse(validationError(message, ['assigneeId']))
}

type Settings = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly reopenDays: number
  /** Tag of the reply address of a ticket; null if e-mails are not accepted. */
  readonly replyTagOf: (ticketId: string) => string | null
}

/** A change of a ticket of this version. */
export type VersionedRequest = ChangeRequest & { readonly expectedVersion: number }

type AnswerError = StepError | TicketStatusError

/** A step of a ticket that needs no more than its rule. */
type Step<E> = (ticket: Ticket, now: Date) => Decision<Ticket, E>

/** The transactions of tickets: lock, load, decide, save, publish. */
export function ticketStore({ prisma, clock, reopenDays, replyTagOf }: Settings) {
  async function insert(
    tx: Tx,
    customerId: string,
    input: OpenTicket,
  ): Promise<Decision<string, UnknownOrderError | ValidationError>> {
    const { idempotencyKey: _, ...opening } = input
    const faults = async () => [
      await orderFault(tx, customerId, opening.orderId),
      await productFault(tx, opening.productId),
    ]
    const opened = await openFor(tx, { customerId, guestEmail: null }, opening, clock(), faults)
    return opened.ok ? accept(opened.value.id) : opened
  }

  /** Adds a message once per idempotency key. Accepts the id of the ticket. */
  function once<E>(
    { actor, mutation }: ChangeRequest,
    request: { readonly idempotencyKey: string },
    run: (tx: Tx, now: Date) => Promise<Decision<Ticket, E>>,
  ): Promise<Decision<string, E | IdempotencyKeyReusedError>> {
    const claim = { principal: actor.id, mutation, key: request.idempotencyKey, request }
    return prisma.$transaction((tx) =>
      idempotent(tx, claim, async () => {
        const decision = await run(tx, clock())
        return decision.ok ? accept(decision.value.id) : decision
      }),
    )
  }

  /** Applies a rule to a ticket of the expected version. */
  function stepIn<E>(tx: Tx, { expectedVersion, ...request }: VersionedRequest, rule: Step<E>) {
    const now = clock()
    return changeTicket(tx, request, now, (ticket): Decision<Outcome, E | StepError> => {
      const usable = current(ticket, expectedVersion)
      if (!usable.ok) return usable
      const after = rule(ticket, now)
      return after.ok ? accept({ after: after.value }) : after
    })
  }

  return {
    /** The period in which customers reopen their tickets, in days. */
    reopenDays,

    /** Opens a ticket, once per idempotency key. Accepts its id. */
    open(customerId: string, input: OpenTicket): Promise<Decision<string, OpenError>> {
      const claim = {
        principal: customerId,
        mutation: 'openTicket',
        key: input.idempotencyKey,
        request: input,
      }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, customerId, input)))
    },

    write(actor: UserViewer, input: NewMessage) {
      const { id, body, attachments } = input
      const request: ChangeRequest = { actor, access: 'CUSTOMER', mutation: 'writeToTicket', id }
      const message = { kind: 'CUSTOMER' as const, authorId: actor.id, body, attachments }
      return once(request, input, (tx, now) =>
        changeTicket(tx, request, now, (ticket) => {
          const after = write(ticket, reopenDays, now)
          return after.ok ? accept({ after: after.value, message }) : after
        }),
      )
    },

    answer(actor: UserViewer, input: AnswerTicket) {
      const { id, expectedVersion, attachments } = input
      const request: ChangeRequest = { actor, access: 'AGENT', mutation: 'answerTicket', id }
      return once(request, input, (tx, now) =>
        changeTicket(tx, request, now, async (ticket): Promise<Decision<Outcome, AnswerError>> => {
          const usable = current(ticket, expectedVersion)
          if (!usable.ok) return usable
          const text = await answerText(tx, ticket, input)
          if (!text.ok) return text
          const after = answer(ticket, now)
          const message = { kind: 'AGENT' as const, authorId: actor.id, body: text.value, attachments }
          const countryCode = await countryOf(tx, ticket)
          const eventOf = (answered: Ticket, messageId: string) =>
            ticketAnswered(answered, messageId, {
              countryCode,
              text: text.value,
              replyTag: replyTagOf(answered.id),
            })
          return after.ok ? accept({ after: after.value, message, eventOf }) : after
        }),
      )
    },

    note(actor: UserViewer, input: NewMessage) {
      const { id, body, attachments } = input
      const request: ChangeRequest = { actor, access: 'AGENT', mutation: 'noteOnTicket', id }
      const message = { kind: 'NOTE' as const, authorId: actor.id, body, attachments }
      return once(request, input, (tx, now) =>
        changeTicket(tx, request, now, (ticket) => {
          const after = note(ticket, now)
          return after.ok ? accept({ after: after.value, message }) : after
        }),
      )
    },

    /** Applies a rule to a ticket. */
    step: <E>(request: VersionedRequest, rule: Step<E>): Promise<Decision<Ticket, E | StepError>> =>
      prisma.$transaction((tx) => stepIn(tx, request, rule)),

    /** Assigns a ticket to the caller, to a known agent, or to nobody. */
    assign(request: VersionedRequest, assigneeId: string | null): Promise<Decision<Ticket, StepError>> {
      return prisma.$transaction(async (tx) => {
        const isSafe =
          assigneeId === null || assigneeId === request.actor.id || (await isAgentId(tx, assigneeId))
        return stepIn(tx, request, (ticket, now) =>
          isSafe ? accept(assign(ticket, assigneeId, now)) : noAgent(assigneeId),
        )
      })
    },

    prioritize(request: VersionedRequest, priority: TicketPriority): Promise<Decision<Ticket, StepError>> {
      return prisma.$transaction(async (tx) => {
        const target = await targetOf(tx, priority)
        return stepIn(tx, request, (ticket, now) => accept(prioritize(ticket, priority, target, now)))
      })
    },

    merge: (actor: UserViewer, input: MergeTicket): Promise<Decision<Ticket, StepError>> =>
      prisma.$transaction((tx) => mergeTickets(tx, actor, input, clock())),
  }
}

export type TicketStore = ReturnType<typeof ticketStore>
