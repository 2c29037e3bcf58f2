// Tested in ../guest-tickets.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { throttleGuess } from '@argyle/kit/guesses'
import { hashOf, isSecretOf } from '@argyle/kit/hashed-secret'
import { idempotent } from '@argyle/kit/idempotency'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import {
  echo,
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { mark, missed } from './clocks.ts'
import { openFor } from './opening.ts'
import { write } from './rules.ts'
import type { Ticket, TicketMergedError, TicketStatusError } from './ticket.ts'
import type { OpenGuestTicket, WriteToGuestTicket } from './ticket-input.ts'
import { addMessage, lockTickets, save, type Tx } from './ticket-rows.ts'

/**
 * Limits of failed attempts, the same as for `guestOrder`: for one order 10 at once, then one a minute; from one address, for any order,
 * 30 at once, then one in 10 s.
 */
export const PER_NUMBER: Allowance = { burst: 10, everyMs: 60_000 }
/** Limit of attempts of one address, for any order. */
export const GUESTS_PER_ADDRESS: Allowance = { burst: 30, everyMs: 10_000 }

/** An order of a guest, and the address that it was placed with. */
type GuestOrder = { readonly orderId: string; readonly email: string }

type OpenGuestError = IdempotencyKeyReusedError | ValidationError
type WriteGuestError = TicketMergedError | TicketStatusError | OpenGuestError

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly throttle: Throttle
  readonly reopenDays: number
}

/** Tickets of guests, who name an order by its number and secret (decision 0021). */
export function guestTicketStore({ prisma, clock, throttle, reopenDays }: Parts) {
  async function find(number: string, secret: string): Promise<GuestOrder | null> {
    // An order that an account has claimed has no address here, and belongs to the account.
    const orders = await prisma.knownOrder.findMany({
      where: { number, guestProofHash: { not: null }, email: { not: null } },
    })
    const theirs = orders.find(({ guestProofHash }) => isSecretOf(guestProofHash, hashOf(secret)))
    return theirs?.email ? { orderId: theirs.orderId, email: theirs.email } : null
  }

  /** Runs a mutation of the order that number and secret name. Failed attempts are counted. @throws GraphQLError RATE_LIMITED */
  async function withOrder<E>(
    request: { readonly number: string; readonly secret: string; readonly idempotencyKey: string },
    { mutation, clientAddress }: { readonly mutation: string; readonly clientAddress: string | null },
    run: (tx: Tx, order: GuestOrder) => Promise<Decision<Ticket, E>>,
  ): Promise<Decision<string, E | OpenGuestError>> {
    const { number, secret, idempotencyKey: key, ...rest } = request
    const buckets = [
      { key: addressBucket('guest-order', clientAddress), allowance: GUESTS_PER_ADDRESS },
      { key: hashedBucket('guest-order', number), allowance: PER_NUMBER },
    ]
    const order = await throttleGuess(
      throttle,
      buckets,
      () => find(number, secret),
      (found) => found === null,
    )
    if (!order) return refuse(noSuchOrder(number))
    const claim = { principal: `guest ${order.orderId}`, mutation, key, request: rest }
    return prisma.$transaction((tx) =>
      idempotent(tx, claim, async () => {
        const decision = await run(tx, order)
        return decision.ok ? accept(decision.value.id) : decision
      }),
    )
  }

  return {
    /** Opens a ticket about the order, once per idempotency key. Accepts its id. */
    open(input: OpenGuestTicket, clientAddress: string | null): Promise<Decision<string, OpenGuestError>> {
      const { subject, body } = input
      return withOrder(input, { mutation: 'openGuestTicket', clientAddress }, (tx, { orderId, email }) => {
        const about = { orderId, productId: null, subject, body, attachments: [] }
        return openFor(tx, { customerId: null, guestEmail: email }, about, clock())
      })
    },

    /** Adds a message to a ticket about the order, once per idempotency key. Accepts the ticket's id. */
    write(
      input: WriteToGuestTicket,
      clientAddress: string | null,
    ): Promise<Decision<string, WriteGuestError>> {
      const { id, body } = input
      return withOrder(
        input,
        { mutation: 'writeToGuestTicket', clientAddress },
        async (tx, { orderId }): Promise<Decision<Ticket, WriteGuestError>> => {
          const now = clock()
          const [before] = await lockTickets(tx, [id])
          if (!before || before.orderId !== orderId || before.guestEmail === null)
            return refuse(notFound('ticket about the order', id, ['id']))
          const breaches = missed(before, now)
          const after = write(mark(before, breaches), reopenDays, now)
          if (!after.ok) return after
          const message = { kind: 'CUSTOMER' as const, authorId: null, body, attachments: [] }
          await addMessage(tx, id, message, now)
          await save(tx, { before, after: after.value, breaches, staff: null })
          return after
        },
      )
    },

    /** Hashes of the proofs of guests' orders. */
    proofHashesOf: (
      orderIds: readonly string[],
    ): Promise<{ orderId: string; guestProofHash: string | null }[]> =>
      prisma.knownOrder.findMany({
        where: { orderId: { in: [...orderIds] }, guestProofHash: { not: null } },
        select: { orderId: true, guestProofHash: true },
      }),
  }
}

function noSuchOrder(number: string): ValidationError {
  const message = `there is no order of a guest with the number ${echo(number)} and this secret; one that was just placed is known in a second or so`
  return validationError(message, ['number'])
}

export type GuestTicketStore = ReturnType<typeof guestTicketStore>
