// Tested in decide.test.ts: state and rules share examples.

import { unreachable } from '@argyle/kit/decision'
import type {
  FulfilmentStatus,
  LabelState,
  ShipmentFailure,
  ShipmentStatus,
} from '../generated/prisma/enums.ts'

/** A label of a carrier for a parcel. */
export type Label = {
  readonly labelId: string
  readonly trackingNumber: string
  readonly trackingUrl: string
}

/** One parcel, as far as the rules need it. */
export type Shipment = {
  readonly id: string
  readonly status: ShipmentStatus
  /**
   * WANTED: no label is requested yet. ASKED: a label was or is about to be requested with the key of
   * `attempt`. MADE, REFUSED: the carrier's answer. VOIDED: the carrier voided it.
   */
  readonly label: LabelState
  /** Number of requested labels. */
  readonly attempt: number
  readonly made: Label | null
  readonly failure: ShipmentFailure | null
  readonly dispatchedAt: Date | null
  readonly deliveredAt: Date | null
  readonly version: number
}

/** The fulfilment of one order. */
export type Fulfilment = {
  readonly status: FulfilmentStatus
  /** Incremented by every command that was answered. */
  readonly version: number
  readonly shipments: readonly Shipment[]
}

/** The facts that follow from a command. */
export type Fact =
  | { readonly type: 'created'; readonly shipmentIds: readonly string[] }
  /** The order is cancelled as soon as no carrier has a label for it. */
  | { readonly type: 'cancelAsked' }
  | { readonly type: 'cancelled' }
  /** A parcel was dispatched, so the cancellation is refused. */
  | { readonly type: 'cancelRefused'; readonly shipmentId: string }
  | { readonly type: 'labelAsked'; readonly shipmentId: string }
  | { readonly type: 'labelMade'; readonly shipmentId: string; readonly label: Label }
  | { readonly type: 'labelRefused'; readonly shipmentId: string }
  | { readonly type: 'labelVoided'; readonly shipmentId: string }
  /** A voided label is needed again. */
  | { readonly type: 'labelWanted'; readonly shipmentId: string }
  | { readonly type: 'dispatched'; readonly shipmentId: string; readonly at: Date }
  | { readonly type: 'delivered'; readonly shipmentId: string; readonly at: Date }
  | {
      readonly type: 'failed'
      readonly shipmentId: string
      readonly failure: ShipmentFailure
      readonly at: Date
    }
  /** Nothing changes. The command is answered with the current state. */
  | { readonly type: 'answered'; readonly as: 'created' | 'cancelled' }
  | { readonly type: 'answered'; readonly as: 'cancelRefused'; readonly shipmentId: string }

function newShipment(id: string): Shipment {
  const untouched = { made: null, failure: null, dispatchedAt: null, deliveredAt: null }
  return { id, status: 'PENDING', label: 'WANTED', attempt: 1, version: 1, ...untouched }
}

function change(
  state: Fulfilment,
  shipmentId: string,
  by: (shipment: Shipment) => Partial<Shipment>,
): Fulfilment {
  const shipments = state.shipments.map((shipment) =>
    shipment.id === shipmentId ? { ...shipment, ...by(shipment), version: shipment.version + 1 } : shipment,
  )
  return { ...state, shipments }
}

function cancelled(state: Fulfilment): Fulfilment {
  const shipments = state.shipments.map((shipment): Shipment => {
    if (shipment.status === 'FAILED') return shipment
    return { ...shipment, status: 'CANCELLED', version: shipment.version + 1 }
  })
  return { ...state, status: 'CANCELLED', shipments }
}

/** The state after a fact. */
function applied(state: Fulfilment, fact: Fact): Fulfilment {
  switch (fact.type) {
    case 'created':
      return { ...state, shipments: fact.shipmentIds.map(newShipment) }
    case 'cancelAsked':
      return { ...state, status: 'CANCELLING' }
    case 'cancelled':
      return cancelled(state)
    case 'cancelRefused':
      return { ...state, status: 'OPEN' }
    case 'labelAsked':
      return change(state, fact.shipmentId, () => ({ label: 'ASKED' }))
    case 'labelMade':
      return change(state, fact.shipmentId, () => ({
        status: 'LABEL_CREATED',
        label: 'MADE',
        made: fact.label,
      }))
    case 'labelRefused':
      return change(state, fact.shipmentId, () => ({ label: 'REFUSED' }))
    case 'labelVoided':
      return change(state, fact.shipmentId, () => ({ label: 'VOIDED' }))
    case 'labelWanted':
      return change(state, fact.shipmentId, ({ attempt }) => ({
        label: 'WANTED',
        made: null,
        attempt: attempt + 1,
      }))
    case 'dispatched':
      return change(state, fact.shipmentId, () => ({ status: 'IN_TRANSIT', dispatchedAt: fact.at }))
    case 'delivered':
      return change(state, fact.shipmentId, () => ({ status: 'DELIVERED', deliveredAt: fact.at }))
    case 'failed': {
      const status = fact.failure === 'RETURNED_TO_SENDER' ? 'RETURNED' : 'FAILED'
      return change(state, fact.shipmentId, () => ({ status, failure: fact.failure }))
    }
    case 'answered':
      return state
    default:
      return unreachable(fact)
  }
}

const nothing: Fulfilment = { status: 'OPEN', version: 0, shipments: [] }

/** The state after the facts of one command. They increment the version once. */
export function evolve(before: Fulfilment | null, facts: readonly Fact[]): Fulfilment {
  const state = before ?? nothing
  return { ...facts.reduce(applied, state), version: state.version + 1 }
}

/** The next call to the carrier about a parcel; null if none is needed. */
export type Call = 'label' | 'void' | 'track'

export function nextCall({ status: order }: Fulfilment, { status, label }: Shipment): Call | null {
  switch (label) {
    case 'WANTED':
      return order === 'OPEN' ? 'label' : null
    // Applies to an order that is being cancelled too: only the carrier knows whether there is a label to
    // void.
    case 'ASKED':
      return 'label'
    case 'MADE':
      if (status !== 'LABEL_CREATED' && status !== 'IN_TRANSIT') return null
      return order === 'CANCELLING' && status === 'LABEL_CREATED' ? 'void' : 'track'
    case 'VOIDED':
    case 'REFUSED':
      return null
    default:
      return unreachable(label)
  }
}
