// Tested in ../payment-life.int.test.ts: its transactions need a database.

import { eachDue } from '@argyle/kit/each-due'
import { newId } from '@argyle/kit/ids'
import type { GatewayName, Hint } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { PaymentStatus } from '../generated/prisma/enums.ts'
import { bindMethod } from '../method/guest-methods.ts'
import type { Tx } from '../transaction.ts'
import { advance, type Subject, type Terms } from './advance.ts'
import { claimantOf } from './claim.ts'
import type { AuthorizeCommand, RefundCommand } from './commands.ts'
import { readRefundsSoon, scheduleLookup } from './gateway-calls.ts'
import { hasReached } from './has-reached.ts'
import type { PaymentInput } from './payment.ts'
import {
  type LockedPayment,
  lockNewPaymentOf,
  lockPayment,
  lockPaymentOf,
  lockRunOut,
  type PaymentRow,
} from './payment-rows.ts'
import { refundState } from './refund-rows.ts'

/** The initial row of an order's payment. */
function newRow(orderId: string, now: Date, known: Partial<PaymentRow> = {}): PaymentRow {
  return {
    id: newId('pay'),
    orderId,
    orderNumber: null,
    customerId: null,
    guestProofHash: null,
    methodId: null,
    methodRef: null,
    gateway: null,
    gatewayRef: null,
    currency: null,
    createdAt: now,
    ...known,
  }
}

type UsableMethod = { readonly methodId: string; readonly methodRef: string; readonly gateway: string }

/** The method of a command: one of the order's customer, or a guest's that pays for no other order. */
async function usableMethod(
  tx: Tx,
  { paymentMethodId: id, customerId, orderId }: AuthorizeCommand,
  { gateway, payerId }: { gateway: GatewayName; payerId: string | null },
): Promise<UsableMethod | null> {
  const [method] = await tx.$queryRaw<(UsableMethod & { isGuests: boolean })[]>`
    SELECT id AS "methodId", gateway_ref AS "methodRef", gateway, customer_id IS NULL AS "isGuests" FROM payment_method
     WHERE id = ${id} AND gateway = ${gateway} AND removed_at IS NULL
       AND (customer_id = ${customerId} OR (customer_id IS NULL AND (order_id IS NULL OR order_id = ${orderId})))`
  if (!method) return null
  const { isGuests, ...usable } = method
  if (isGuests && !(await bindMethod(tx, { id, orderId, payerId }))) return null
  return usable
}

/**
 * The payment that a webhook is about; null if it is unknown. PayPal identifies a refund by the id of its
 * call, in place of the order's id.
 */
async function paymentAt(db: Pick<Tx, '$queryRaw'>, ref: string | null, orderId: string | null) {
  const [payment] = await db.$queryRaw<{ id: string; orderId: string; status: PaymentStatus }[]>`
    SELECT id, order_id AS "orderId", status::text FROM payment
     WHERE gateway_ref = ${ref} OR order_id = ${orderId} OR id = (SELECT payment_id FROM gateway_call WHERE id = ${orderId}) LIMIT 1`
  return payment ?? null
}

/** Saves the gateway's id of a payment whose authorization had no answer yet. */
async function keepRef(db: Pick<Tx, '$executeRaw'>, id: string, ref: string): Promise<void> {
  await db.$executeRaw`UPDATE payment SET gateway_ref = ${ref} WHERE id = ${id} AND gateway_ref IS NULL`
}

const subjectOf = (locked: LockedPayment | null, orderId: string, now: Date): Subject =>
  locked ?? { row: newRow(orderId, now), state: null }

/** The transactions of payments. Commands run in the transaction of their message. */
export function paymentStore(prisma: PrismaClient, terms: Terms) {
  const { clock, gateway } = terms

  async function command(tx: Tx, orderId: string, input: PaymentInput): Promise<void> {
    const now = clock()
    const locked = await lockPaymentOf(tx, orderId)
    await advance(tx, subjectOf(locked, orderId, now), input, { terms, now })
  }

  return {
    async authorize(tx: Tx, asked: AuthorizeCommand): Promise<void> {
      const now = clock()
      const { orderId, orderNumber, guestProofHash, amount } = asked
      const locked = await lockNewPaymentOf(tx, orderId)
      const customerId = asked.customerId ?? (await claimantOf(tx, orderId))
      const method = locked ? null : await usableMethod(tx, asked, { gateway, payerId: customerId })
      const whose = { customerId, guestProofHash }
      const row = newRow(orderId, now, { orderNumber, ...whose, ...method, currency: amount.currency })
      const input: PaymentInput = {
        type: 'Authorize',
        amountMinor: amount.minor,
        isMethodKnown: method !== null,
      }
      await advance(tx, locked ?? { row, state: null }, input, { terms, now })
    },

    capture: (tx: Tx, orderId: string) => command(tx, orderId, { type: 'Capture' }),
    void: (tx: Tx, orderId: string) => command(tx, orderId, { type: 'Void' }),

    async refund(tx: Tx, { orderId, refundId: key, amount, reason }: RefundCommand): Promise<void> {
      const now = clock()
      const subject = subjectOf(await lockPaymentOf(tx, orderId), orderId, now)
      const input: PaymentInput = {
        type: 'Refund',
        key,
        amountMinor: amount.minor,
        isSameCurrency: amount.currency === subject.row.currency,
        known: await refundState(tx, { paymentId: subject.row.id, key }),
      }
      await advance(tx, subject, input, { terms, now, request: { reason, requestedBy: null } })
    },

    /** Ends expired authentications and authorizations. Any number of replicas may run it concurrently. */
    async endRunOut(stop?: AbortSignal): Promise<void> {
      // A round may open many calls. They are claimed afterwards, as far as there is room.
      const unclaimed: Terms = { ...terms, hasRoom: () => false }
      const now = clock()
      await eachDue(
        (except, claimed) =>
          prisma.$transaction(async (tx) => {
            const locked = await lockRunOut(tx, now, except)
            if (!locked) return false
            claimed(locked.row.id)
            const type = locked.state.status === 'REQUIRES_ACTION' ? 'ActionTimedOut' : 'AuthorizationLapsed'
            await advance(tx, locked, { type }, { terms: unclaimed, now })
            return true
          }),
        stop,
      ).finally(terms.nudge)
    },

    /**
     * Schedules a lookup after a webhook, unless the payment has already reached the webhook's status. A webhook is often about a
     * call that is still under way: its result is awaited first.
     */
    async lookUpSoon({ ref, orderId, status }: Hint): Promise<void> {
      if (status && orderId) await terms.settled(orderId)
      let payment = await paymentAt(prisma, ref, orderId)
      if (!payment) return
      if (status && !orderId && !hasReached(payment.status, status)) {
        await terms.settled(payment.orderId)
        payment = (await paymentAt(prisma, ref, orderId)) ?? payment
      }
      if (status && hasReached(payment.status, status)) return
      const now = clock()
      if (ref !== null) await keepRef(prisma, payment.id, ref)
      await scheduleLookup(prisma, payment.id, now, now)
      await readRefundsSoon(prisma, payment.id, now)
      terms.nudge()
    },

    /** The id of the payment that a webhook is about; null if it is unknown. */
    idOf: async ({ ref, orderId }: Hint) => (await paymentAt(prisma, ref, orderId))?.id ?? null,

    lock: lockPayment,
  }
}

export type PaymentStore = ReturnType<typeof paymentStore>
