import type { NewEvent } from '@argyle/kit/envelope'
import { type Currency, money, toEventMoney } from '@argyle/kit/money'
import type { Refusal } from './gateway/gateway.ts'
import type { PaymentEvent, PaymentReport, PaymentState } from './payment/payment.ts'

/** The fields of a payment in messages that its state does not contain. */
export type About = {
  readonly orderId: string
  /** Null for a tombstone, which has no payment method. */
  readonly paymentId: string | null
  readonly currency: Currency | null
}

/**
 * The message to orders about an event.
 * @param payment state after the event; null if the order has no payment
 */
export function messagesOf(about: About, payment: PaymentState | null, event: PaymentEvent): NewEvent[] {
  const say = speaker(about, payment)
  switch (event.type) {
    case 'ActionRequired':
    case 'Authorized':
    case 'Declined':
      return say.status()
    case 'Voided':
    case 'Tombstoned':
      return say.voided()
    // Orders waits for the void after a capture that failed.
    case 'Released':
      return payment?.status === 'CAPTURE_FAILED' ? say.voided() : []
    case 'Captured':
      return say.captured()
    case 'CaptureFailed':
      return say.captureFailed(event.failure)
    case 'Refunded':
      return say.refunded(event.key, event.amountMinor)
    case 'RefundFailed':
      return say.refundFailed(event.key, event.failure)
    case 'RefundReversed':
      return say.refundReversed(event.key, event.amountMinor, event.failure)
    case 'Reported':
      return reported(say, event.as)
    case 'AuthorizationBegan':
    case 'OutcomeBecameUnknown':
    case 'VoidRequested':
    case 'VoidBegan':
    case 'ActionExpired':
    case 'CaptureBegan':
    case 'RefundBegan':
      return []
  }
}

function reported(say: Speaker, as: PaymentReport): NewEvent[] {
  switch (as.of) {
    case 'STATUS':
      return say.status()
    case 'VOIDED':
      return say.voided()
    case 'CAPTURE_FAILED':
      return say.captureFailed(as.failure)
    case 'REFUNDED':
      return say.refunded(as.key, as.amountMinor)
    case 'REFUND_FAILED':
      return say.refundFailed(as.key, as.failure)
  }
}

type Speaker = ReturnType<typeof speaker>

function speaker({ orderId, paymentId, currency }: About, payment: PaymentState | null) {
  const sequence = payment?.version ?? 0
  const say = (type: string, data: object): NewEvent[] => [
    { type: `payments.${type}`, subject: orderId, sequence, data: { orderId, ...data } },
  ]
  // Only a tombstone has no currency; its messages contain no amount.
  const amount = (minor: bigint) => toEventMoney(money(minor, currency ?? 'USD'))
  const voided = () => say('payment.voided', { paymentId })
  const captured = () => {
    const total = amount(payment?.capturedMinor ?? 0n)
    return say('payment.captured', { paymentId, captured: total, capturedTotal: total })
  }
  const captureFailed = ({ code, message }: Refusal) =>
    say('payment.capture_failed', { paymentId, code, message })
  const ofRefund = (refundId: string, minor: bigint) => ({
    paymentId,
    refundId,
    amount: amount(minor),
    refundedTotal: amount(payment?.refundedMinor ?? 0n),
    reversedTotal: amount(payment?.reversedMinor ?? 0n),
  })
  return {
    voided,
    captured,
    captureFailed,
    refunded: (refundId: string, minor: bigint) => say('payment.refunded', ofRefund(refundId, minor)),
    refundFailed: (refundId: string, { code, message }: Refusal) =>
      say('refund.failed', { refundId, code, message }),
    refundReversed: (refundId: string, minor: bigint, { code, message }: Refusal) =>
      say('refund.reversed', { ...ofRefund(refundId, minor), code, message }),
    /** The status message of a payment; none while its outcome is unknown. */
    status(): NewEvent[] {
      if (!payment) return []
      const { failure, action } = payment
      switch (payment.status) {
        case 'REQUIRES_ACTION':
          // After the deadline there is no action: the payment is declined once the gateway has voided it.
          return action
            ? say('payment.action_required', { paymentId, expiresAt: action.until.toISOString() })
            : []
        case 'AUTHORIZED':
          return say('payment.authorized', {
            paymentId,
            amount: amount(payment.authorizedMinor),
            expiresAt: payment.authorizedUntil?.toISOString() ?? null,
          })
        case 'DECLINED':
          return say('payment.declined', { paymentId, ...failure })
        case 'CAPTURED':
        case 'PARTIALLY_REFUNDED':
        case 'REFUNDED':
          return captured()
        case 'CAPTURE_FAILED':
          return failure ? captureFailed(failure) : []
        case 'VOIDED':
          return voided()
        case 'PROCESSING':
        case 'UNKNOWN':
        case 'VOID_PENDING':
          return []
      }
    },
  }
}
