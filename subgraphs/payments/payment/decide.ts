import { unreachable } from '@argyle/kit/decision'
import { onSnapshot } from './decide-gateway.ts'
import {
  type PaymentEvent,
  type PaymentInput,
  type PaymentReport,
  type PaymentState,
  refusal,
} from './payment.ts'

const NOTHING: readonly PaymentEvent[] = []

const report = (as: PaymentReport): readonly PaymentEvent[] => [{ type: 'Reported', as }]
const standing = report({ of: 'STATUS' })

/**
 * Decides the events that follow from an input. Inputs arrive in any order and more than once;
 * `model.test.ts` tests this.
 * @param payment null if the order has none
 */
export function decide(payment: PaymentState | null, input: PaymentInput): readonly PaymentEvent[] {
  switch (input.type) {
    case 'Authorize':
      return whenAuthorizing(payment, input)
    case 'Capture':
      return whenCapturing(payment)
    case 'Void':
      return whenVoiding(payment)
    case 'Refund':
      return whenRefunding(payment, input)
    case 'RefundAnswered':
      return onRefundAnswered(input)
    case 'RefundFoundFailed':
      return onRefundFoundFailed(input)
    case 'SnapshotReceived':
      return payment ? onSnapshot(payment, input) : NOTHING
    case 'OutcomeUnknown':
      return payment?.status === 'PROCESSING' && input.call === 'AUTHORIZE'
        ? [{ type: 'OutcomeBecameUnknown' }]
        : NOTHING
    case 'ActionTimedOut':
      return payment?.status === 'REQUIRES_ACTION' && payment.pending === null
        ? [{ type: 'ActionExpired' }]
        : NOTHING
    case 'AuthorizationLapsed':
      return payment?.status === 'AUTHORIZED' && payment.pending === null
        ? [{ type: 'VoidRequested', failure: LAPSED }, { type: 'VoidBegan' }]
        : NOTHING
    default:
      return unreachable(input)
  }
}

const LAPSED = refusal('authorization_expired', 'The authorization was not captured in time.')
const NO_PAYMENT = refusal('no_payment', 'The order has no payment.')
const UNKNOWN_METHOD = refusal('payment_method_unknown', 'The payment method does not exist.')

function whenAuthorizing(
  payment: PaymentState | null,
  { amountMinor, isMethodKnown }: Extract<PaymentInput, { type: 'Authorize' }>,
): readonly PaymentEvent[] {
  if (!payment) {
    const begun: PaymentEvent = { type: 'AuthorizationBegan', amountMinor }
    return isMethodKnown ? [begun] : [begun, { type: 'Declined', failure: UNKNOWN_METHOD }]
  }
  switch (payment.status) {
    case 'PROCESSING':
    case 'UNKNOWN':
    case 'VOID_PENDING':
      return NOTHING
    case 'REQUIRES_ACTION':
    // A later void or capture has an answer of its own, so this reports the current status.
    case 'AUTHORIZED':
    case 'CAPTURED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
    case 'CAPTURE_FAILED':
    case 'DECLINED':
    case 'VOIDED':
      return standing
    default:
      return unreachable(payment.status)
  }
}

function whenCapturing(payment: PaymentState | null): readonly PaymentEvent[] {
  if (!payment) return report({ of: 'CAPTURE_FAILED', failure: NO_PAYMENT })
  switch (payment.status) {
    case 'AUTHORIZED':
      return payment.pending === null ? [{ type: 'CaptureBegan' }] : NOTHING
    case 'CAPTURED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
    case 'CAPTURE_FAILED':
      return standing
    case 'DECLINED':
    case 'VOIDED': {
      const gone = refusal('payment_voided', 'The payment was voided.')
      return report({ of: 'CAPTURE_FAILED', failure: payment.failure ?? gone })
    }
    // The outcome of the call under way comes first. Orders repeats the command.
    case 'PROCESSING':
    case 'UNKNOWN':
    case 'REQUIRES_ACTION':
    case 'VOID_PENDING':
      return NOTHING
    default:
      return unreachable(payment.status)
  }
}

function whenVoiding(payment: PaymentState | null): readonly PaymentEvent[] {
  if (!payment) return [{ type: 'Tombstoned' }]
  switch (payment.status) {
    // The guard VOID_PENDING: the effect of the call under way is reverted once it is known.
    case 'PROCESSING':
    case 'UNKNOWN':
      return [{ type: 'VoidRequested', failure: null }]
    case 'REQUIRES_ACTION':
      return payment.pending === null
        ? [{ type: 'VoidRequested', failure: null }, { type: 'VoidBegan' }]
        : [{ type: 'VoidRequested', failure: null }]
    case 'AUTHORIZED':
      return payment.pending === null
        ? [{ type: 'VoidRequested', failure: null }, { type: 'VoidBegan' }]
        : NOTHING
    case 'VOID_PENDING':
      return NOTHING
    case 'DECLINED':
    case 'VOIDED':
      return report({ of: 'VOIDED' })
    case 'CAPTURE_FAILED':
      return payment.pending === null ? report({ of: 'VOIDED' }) : NOTHING
    case 'CAPTURED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      return standing
    default:
      return unreachable(payment.status)
  }
}

function whenRefunding(
  payment: PaymentState | null,
  { key, amountMinor, isSameCurrency, known }: Extract<PaymentInput, { type: 'Refund' }>,
): readonly PaymentEvent[] {
  const failed = (code: string, message: string) =>
    report({ of: 'REFUND_FAILED', key, failure: refusal(code, message) })
  if (known) return refundStanding(known)
  if (!payment || payment.capturedMinor === 0n) return failed('not_captured', 'Nothing was captured.')
  if (!isSameCurrency) return failed('currency_mismatch', 'The payment was made in another currency.')
  if (amountMinor <= 0n) return failed('amount_not_positive', 'The amount must be greater than zero.')
  if (amountMinor > refundableMinor(payment))
    return failed('exceeds_captured', 'The refunds would exceed the captured amount.')
  return [{ type: 'RefundBegan', key, amountMinor }]
}

/** The amount that can still be refunded. */
export function refundableMinor({ capturedMinor, refundingMinor }: PaymentState): bigint {
  return capturedMinor - refundingMinor
}

function refundStanding({
  key,
  status,
  amountMinor,
  failure,
}: Extract<PaymentInput, { type: 'RefundAnswered' }>['known']): readonly PaymentEvent[] {
  if (status === 'PENDING') return NOTHING
  if (status === 'SUCCEEDED') return report({ of: 'REFUNDED', key, amountMinor })
  return report({
    of: 'REFUND_FAILED',
    key,
    failure: failure ?? refusal('refused', 'The refund was refused.'),
  })
}

function onRefundAnswered({
  known: { key, amountMinor, status },
  refusal: failure,
}: Extract<PaymentInput, { type: 'RefundAnswered' }>): readonly PaymentEvent[] {
  if (status !== 'PENDING') return NOTHING
  return failure
    ? [{ type: 'RefundFailed', key, amountMinor, failure }]
    : [{ type: 'Refunded', key, amountMinor }]
}

/** A refund that is still pending has a call of its own, whose result reports the failure. */
function onRefundFoundFailed({
  known: { key, amountMinor, status },
  refusal: failure,
}: Extract<PaymentInput, { type: 'RefundFoundFailed' }>): readonly PaymentEvent[] {
  return status === 'SUCCEEDED' ? [{ type: 'RefundReversed', key, amountMinor, failure }] : NOTHING
}
