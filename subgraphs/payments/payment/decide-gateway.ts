// model.test.ts explores these rules together with a gateway.

import { unreachable } from '@argyle/kit/decision'
import { type PaymentEvent, type PaymentInput, type PaymentState, refusal } from './payment.ts'

const NOTHING: readonly PaymentEvent[] = []

const DECLINED = refusal('card_declined', 'The payment was declined.')
const ACTION_TIMEOUT = refusal(
  'action_timeout',
  'The customer did not authenticate the payment in time.',
  true,
)
const GONE = refusal('authorization_expired', 'The authorization no longer exists at the gateway.')

type SnapshotInput = Extract<PaymentInput, { type: 'SnapshotReceived' }>

/** Decides the events that follow from a snapshot of the gateway, for whatever reason it was read. */
export function onSnapshot(payment: PaymentState, input: SnapshotInput): readonly PaymentEvent[] {
  const { status } = input.snapshot
  switch (status) {
    case 'PROCESSING':
      return NOTHING
    case 'REQUIRES_ACTION':
      return whenActionRequired(payment, input)
    case 'AUTHORIZED':
      return whenAuthorized(payment, input)
    case 'CAPTURED':
      return whenCaptured(payment, input)
    case 'VOIDED':
    case 'DECLINED':
      return whenOver(payment, input)
    default:
      return unreachable(status)
  }
}

const isInFlight = ({ status }: PaymentState) => status === 'PROCESSING' || status === 'UNKNOWN'
const isUnwanted = ({ status, pending }: PaymentState) => status === 'VOID_PENDING' && pending !== 'VOID'

function whenActionRequired(
  payment: PaymentState,
  { snapshot, actionUntil }: SnapshotInput,
): readonly PaymentEvent[] {
  if (isInFlight(payment))
    return [{ type: 'ActionRequired', action: { url: snapshot.actionUrl, until: actionUntil } }]
  return isUnwanted(payment) ? [{ type: 'VoidBegan' }] : NOTHING
}

function whenAuthorized(
  payment: PaymentState,
  { call, snapshot, refusal }: SnapshotInput,
): readonly PaymentEvent[] {
  const { status, pending } = payment
  if (isInFlight(payment) || (status === 'REQUIRES_ACTION' && pending === null))
    return [{ type: 'Authorized', until: snapshot.authorizedUntil }]
  // The customer had authenticated in time, which the lookup before the void shows.
  if (status === 'REQUIRES_ACTION' && call === 'VOID' && refusal === null)
    return [{ type: 'Authorized', until: snapshot.authorizedUntil }]
  if (isUnwanted(payment)) return [{ type: 'VoidBegan' }]
  // A late snapshot, after the payment was voided.
  if ((status === 'DECLINED' || status === 'VOIDED') && pending === null) return [{ type: 'VoidBegan' }]
  if (status === 'AUTHORIZED' && pending === 'CAPTURE' && call === 'CAPTURE' && refusal)
    return [{ type: 'CaptureFailed', failure: refusal, isOpen: true }]
  return NOTHING
}

function whenCaptured(payment: PaymentState, { snapshot }: SnapshotInput): readonly PaymentEvent[] {
  if (payment.capturedMinor > 0n || payment.status === 'DECLINED' || payment.status === 'VOIDED')
    return NOTHING
  const most = payment.amountMinor
  const amountMinor = snapshot.capturedMinor < most ? snapshot.capturedMinor : most
  return amountMinor > 0n ? [{ type: 'Captured', amountMinor }] : NOTHING
}

/** The payment is declined or voided: no money is held. */
function whenOver(payment: PaymentState, { snapshot }: SnapshotInput): readonly PaymentEvent[] {
  const { status, pending } = payment
  const failure = snapshot.failure ?? (snapshot.status === 'DECLINED' ? DECLINED : GONE)
  switch (status) {
    case 'PROCESSING':
    case 'UNKNOWN':
      return [{ type: 'Declined', failure }]
    case 'REQUIRES_ACTION':
      return [
        {
          type: 'Declined',
          failure: pending === 'VOID' && snapshot.status === 'VOIDED' ? ACTION_TIMEOUT : failure,
        },
      ]
    case 'VOID_PENDING':
      return [{ type: 'Voided' }]
    case 'AUTHORIZED':
      return pending === 'CAPTURE'
        ? [{ type: 'CaptureFailed', failure, isOpen: false }]
        : [{ type: 'VoidRequested', failure }, { type: 'Voided' }]
    // The payment was given up, so the authorization is voided.
    case 'CAPTURE_FAILED':
    case 'DECLINED':
    case 'VOIDED':
      return pending === 'VOID' ? [{ type: 'Released' }] : NOTHING
    case 'CAPTURED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      return NOTHING
    default:
      return unreachable(status)
  }
}
