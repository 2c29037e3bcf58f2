// Tested in decide.test.ts: the test checks what is decided in it.

import { unreachable } from '@argyle/kit/decision'
import type { PaymentEvent, PaymentState } from './payment.ts'

/** The initial state of a payment. */
const NEW: PaymentState = {
  status: 'PROCESSING',
  pending: null,
  amountMinor: 0n,
  authorizedMinor: 0n,
  capturedMinor: 0n,
  refundingMinor: 0n,
  refundedMinor: 0n,
  reversedMinor: 0n,
  failure: null,
  action: null,
  authorizedUntil: null,
  version: 0,
}

/** The payment after an event. @param payment null for the first one */
export function evolve(payment: PaymentState | null, event: PaymentEvent): PaymentState {
  const before = payment ?? NEW
  if (event.type === 'Reported') return before
  return { ...before, ...changeOf(before, event), version: before.version + 1 }
}

type Change = Partial<PaymentState>

function changeOf(before: PaymentState, event: Exclude<PaymentEvent, { type: 'Reported' }>): Change {
  switch (event.type) {
    case 'AuthorizationBegan':
      return { status: 'PROCESSING', pending: 'AUTHORIZE', amountMinor: event.amountMinor }
    case 'ActionRequired':
      return { status: 'REQUIRES_ACTION', pending: null, action: event.action }
    case 'Authorized':
      return {
        status: 'AUTHORIZED',
        pending: null,
        authorizedMinor: before.amountMinor,
        action: null,
        authorizedUntil: event.until,
      }
    case 'Declined':
      return { status: 'DECLINED', pending: null, failure: event.failure, action: null }
    case 'OutcomeBecameUnknown':
      return { status: 'UNKNOWN' }
    case 'VoidRequested':
      return { status: 'VOID_PENDING', failure: event.failure, action: null }
    case 'VoidBegan':
    case 'ActionExpired':
      return { pending: 'VOID', action: null }
    case 'Voided':
    case 'Tombstoned':
      return { status: 'VOIDED', pending: null }
    case 'CaptureBegan':
      return { pending: 'CAPTURE' }
    case 'Captured':
      return {
        status: 'CAPTURED',
        pending: null,
        failure: null,
        action: null,
        authorizedMinor: before.amountMinor,
        capturedMinor: event.amountMinor,
      }
    case 'CaptureFailed':
      return { status: 'CAPTURE_FAILED', pending: event.isOpen ? 'VOID' : null, failure: event.failure }
    case 'Released':
      return { pending: null }
    case 'RefundBegan':
      return { refundingMinor: before.refundingMinor + event.amountMinor }
    case 'Refunded':
      return refunded(before, event.amountMinor)
    case 'RefundFailed':
      return { refundingMinor: before.refundingMinor - event.amountMinor }
    case 'RefundReversed':
      return reversed(before, event.amountMinor)
    default:
      return unreachable(event)
  }
}

function refunded(before: PaymentState, amountMinor: bigint): Change {
  const refundedMinor = before.refundedMinor + amountMinor
  const isAll = refundedMinor === before.capturedMinor
  return { refundedMinor, status: isAll ? 'REFUNDED' : 'PARTIALLY_REFUNDED' }
}

function reversed(before: PaymentState, amountMinor: bigint): Change {
  const refundedMinor = before.refundedMinor - amountMinor
  return {
    refundedMinor,
    refundingMinor: before.refundingMinor - amountMinor,
    reversedMinor: before.reversedMinor + amountMinor,
    status: refundedMinor === 0n ? 'CAPTURED' : 'PARTIALLY_REFUNDED',
  }
}
