// Tested in ../references.int.test.ts: the test runs operations.

import { payload } from '@argyle/kit/decision'
import { isSecretOf } from '@argyle/kit/hashed-secret'
import { loadAccepted } from '@argyle/kit/idempotency'
import { mayReadOrder, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { formatMoney, money } from '@argyle/kit/money'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from '../generated/resolvers.ts'
import { visibleMethod } from '../method/method-resolvers.ts'
import type { Context } from '../subgraph.ts'
import { maySeePayment, type Payment } from './payment-reads.ts'
import { failureOf } from './payment-rows.ts'
import { refundPaymentInput } from './refund.ts'

const visible = (payment: Payment | null, { viewer }: Context) =>
  payment && maySeePayment(viewer, payment) ? payment : null

/** Tests whether the proof is that of the guest who placed the order. */
const isProven = ({ guestProofHash }: Payment, proof: string | null | undefined) =>
  isSecretOf(guestProofHash, proof ?? '')

export const paymentResolvers = {
  Query: {
    payment: async (_, { id }, context) =>
      visible(await context.load.paymentById.load(readId('id', 'pay', id)), context),
  },

  Mutation: {
    async refundPayment(_, args, context) {
      const input = validate(refundPaymentInput, args.input)
      if (!input.ok) return payload('payment', input)
      const decision = await context.refund(requireUser(context.viewer).id, input.value)
      return payload('payment', await loadAccepted(decision, (id) => context.load.paymentById.load(id)))
    },
  },

  Order: {
    __resolveReference: ({ id, guestProof }) =>
      isId('ord', id) ? { id, guestProof: guestProof ?? null } : null,
    async payment({ id, guestProof }, _, context) {
      const payment = await context.load.paymentByOrderId.load(id)
      return payment && isProven(payment, guestProof) ? payment : visible(payment, context)
    },
  },

  Payment: {
    __resolveReference: async ({ id }, context) =>
      isId('pay', id) ? visible(await context.load.paymentById.load(id), context) : null,
    authorized: ({ authorizedMinor, currency }) => formatMoney(money(authorizedMinor, currency)),
    captured: ({ capturedMinor, currency }) => formatMoney(money(capturedMinor, currency)),
    refunded: ({ refundedMinor, currency }) => formatMoney(money(refundedMinor, currency)),
    failure: (payment) => failureOf(payment),
    nextAction: ({ status, actionUrl, actionExpiresAt }) =>
      status === 'REQUIRES_ACTION' && actionExpiresAt
        ? { type: 'redirect', redirectUrl: actionUrl, expiresAt: actionExpiresAt }
        : null,
    method: async ({ methodId }, _, { load, viewer }) =>
      methodId === null ? null : visibleMethod(viewer, await load.methodById.load(methodId)),
    order: ({ orderId, customerId }, _, { viewer }) =>
      mayReadOrder(viewer, customerId) ? { id: orderId } : null,
    refunds: async ({ id, currency }, _, { load }) =>
      (await load.refundsByPaymentId.load(id)).map((refund) => ({ ...refund, currency })),
    disputes: async ({ id, currency }, _, { load }) =>
      (await load.disputesByPaymentId.load(id)).map((dispute) => ({ ...dispute, currency })),
  },

  Refund: {
    amount: ({ amountMinor, currency }) => formatMoney(money(amountMinor, currency)),
    failure: (refund) => failureOf(refund),
  },

  Dispute: {
    amount: ({ amountMinor, currency }) => formatMoney(money(amountMinor, currency)),
  },
} satisfies Resolvers
