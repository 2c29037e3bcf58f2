import { recordChange } from '@argyle/kit/audit'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { advance, type Terms } from './advance.ts'
import type { PaymentInput, PaymentState } from './payment.ts'
import { lockPayment } from './payment-rows.ts'
import { checkRefund, type RefundExceedsCapturedError, type RefundPayment } from './refund.ts'

export type RefundPaymentError = IdempotencyKeyReusedError | RefundExceedsCapturedError | ValidationError

/** Maximum number of refunds of one payment by staff, failed ones included. The gateways' adapters read 100 refunds of a payment. */
const MAX_STAFF_REFUNDS = 50

/** The state of a payment in the audit log. */
function noted({ status, refundingMinor, refundedMinor, capturedMinor }: PaymentState) {
  return { status, capturedMinor, refundingMinor, refundedMinor }
}

/** Begins a refund by staff, once per idempotency key. Accepts the payment's id. */
export function refundByStaff(
  prisma: PrismaClient,
  terms: Terms,
): (actorId: string, input: RefundPayment) => Promise<Decision<string, RefundPaymentError>> {
  return async (actorId, input) => {
    const { idempotencyKey: key, paymentId, reason } = input
    const claim = { principal: actorId, mutation: 'refundPayment', key, request: input }
    const run = async (tx: Tx): Promise<Decision<string, RefundPaymentError>> => {
      const now = terms.clock()
      const locked = await lockPayment(tx, paymentId)
      const currency = locked?.row.currency
      if (!locked || !currency) return refuse(notFound('payment', paymentId, ['paymentId']))
      const amount = checkRefund(input.amount, locked.state, currency)
      if (!amount.ok) return amount
      const made = await tx.refund.count({ where: { paymentId, requestedBy: { not: null } } })
      if (made >= MAX_STAFF_REFUNDS) {
        const message = `the payment has ${made} refunds by staff: allowed are ${MAX_STAFF_REFUNDS} at most`
        return refuse(validationError(message, ['paymentId']))
      }
      const asked: PaymentInput = {
        type: 'Refund',
        key: newId('rfk'),
        amountMinor: amount.value.minor,
        isSameCurrency: true,
        known: null,
      }
      const request = { reason, requestedBy: actorId }
      const after = await advance(tx, locked, asked, { terms, now, request })
      await recordChange(tx, {
        actorId,
        action: 'refundPayment',
        subjectId: paymentId,
        before: noted(locked.state),
        after: { ...noted(after ?? locked.state), amountMinor: amount.value.minor, reason },
        at: now,
      })
      return accept(paymentId)
    }
    const decision = await prisma.$transaction((tx) => idempotent(tx, claim, () => run(tx)))
    terms.nudge()
    return decision
  }
}
