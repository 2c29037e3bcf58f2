import { unreachable } from '@argyle/kit/decision'
import { evolve, type Fact, type Fulfilment, type Label, type Shipment } from './fulfilment.ts'

/** The carrier's status of a parcel, with its time. */
export type CarrierState = {
  readonly status: 'CREATED' | 'VOIDED' | 'IN_TRANSIT' | 'DELIVERED' | 'LOST' | 'RETURNED'
  /** Time at which the carrier took over the parcel; null before. */
  readonly dispatchedAt: Date | null
  /** Time at which the parcel reached `status`. */
  readonly at: Date
}

/** Commands of orders and answers of the carrier. An answer names its attempt. */
export type Command =
  | { readonly type: 'create'; readonly shipmentIds: readonly string[] }
  | { readonly type: 'cancel' }
  /** A label is about to be requested from the carrier. */
  | { readonly type: 'ask'; readonly shipmentId: string }
  | (About & { readonly type: 'labelMade'; readonly label: Label })
  | (About & { readonly type: 'labelRefused'; readonly at: Date })
  | (About & { readonly type: 'voided' })
  | (About & { readonly type: 'tracked'; readonly state: CarrierState })

type About = { readonly shipmentId: string; readonly attempt: number }

/** Tests that no carrier has or will have a label of a shipment. */
const isAtRest = ({ label }: Shipment) => label === 'WANTED' || label === 'VOIDED' || label === 'REFUSED'

/**
 * The facts that follow from a command; none if it is late or repeated.
 * @param state null if shipping does not know the order
 */
export function decide(state: Fulfilment | null, command: Command): readonly Fact[] {
  switch (command.type) {
    case 'create':
      return create(state, command.shipmentIds)
    case 'cancel':
      return cancel(state)
    default:
      return state ? ofShipment(state, command) : []
  }
}

/**
 * A cancel that arrives before its create leaves a row without shipments, so that the create finds the order
 * closed.
 */
function create(state: Fulfilment | null, shipmentIds: readonly string[]): readonly Fact[] {
  if (!state) return [{ type: 'created', shipmentIds }]
  switch (state.status) {
    case 'OPEN':
      return [{ type: 'answered', as: 'created' }]
    case 'CANCELLED':
      return [{ type: 'answered', as: 'cancelled' }]
    case 'CANCELLING':
      return []
    default:
      return unreachable(state.status)
  }
}

function cancel(state: Fulfilment | null): readonly Fact[] {
  if (!state) return [{ type: 'cancelled' }]
  switch (state.status) {
    case 'CANCELLED':
      return [{ type: 'answered', as: 'cancelled' }]
    // The answer is sent after the carrier has voided or kept the labels.
    case 'CANCELLING':
      return []
    case 'OPEN': {
      const gone = state.shipments.find(({ dispatchedAt }) => dispatchedAt !== null)
      if (gone) return [{ type: 'answered', as: 'cancelRefused', shipmentId: gone.id }]
      return settled(state, [{ type: 'cancelAsked' }])
    }
    default:
      return unreachable(state.status)
  }
}

/** Completes a cancellation under way if no carrier has a label after these facts. */
function settled(state: Fulfilment, facts: readonly Fact[]): readonly Fact[] {
  const after = evolve(state, facts)
  if (after.status !== 'CANCELLING' || !after.shipments.every(isAtRest)) return facts
  return [...facts, { type: 'cancelled' }]
}

type OfShipment = Exclude<Command, { readonly type: 'create' | 'cancel' }>

function ofShipment(state: Fulfilment, command: OfShipment): readonly Fact[] {
  const shipment = state.shipments.find(({ id }) => id === command.shipmentId)
  if (!shipment) return []
  const { shipmentId } = command
  const isStale = command.type !== 'ask' && command.attempt !== shipment.attempt
  if (isStale) return []
  switch (command.type) {
    case 'ask':
      return shipment.label === 'WANTED' && state.status === 'OPEN'
        ? [{ type: 'labelAsked', shipmentId }]
        : []
    case 'labelMade':
      return shipment.label === 'ASKED' ? [{ type: 'labelMade', shipmentId, label: command.label }] : []
    case 'labelRefused':
      return shipment.label === 'ASKED' ? refused(state, shipmentId, command.at) : []
    case 'voided':
      return shipment.label === 'MADE' ? voided(state, shipmentId) : []
    case 'tracked':
      return shipment.label === 'MADE' ? tracked(state, shipment, command.state) : []
    default:
      return unreachable(command)
  }
}

const refusedByCarrier = (shipmentId: string, at: Date): Fact => {
  return { type: 'failed', shipmentId, failure: 'REFUSED_BY_CARRIER', at }
}

/**
 * While the order is being cancelled, a parcel without a label does not count as failed: the cancellation
 * refunds it.
 */
function refused(state: Fulfilment, shipmentId: string, at: Date): readonly Fact[] {
  const fact: Fact = { type: 'labelRefused', shipmentId }
  return state.status === 'OPEN' ? [fact, refusedByCarrier(shipmentId, at)] : settled(state, [fact])
}

/** If the cancellation was refused meanwhile because of another parcel, a new label is needed. */
function voided(state: Fulfilment, shipmentId: string): readonly Fact[] {
  const fact: Fact = { type: 'labelVoided', shipmentId }
  return state.status === 'OPEN' ? [fact, { type: 'labelWanted', shipmentId }] : settled(state, [fact])
}

/**
 * A report of the carrier about a parcel, which may contain several new statuses. Final statuses do not
 * change.
 */
function tracked(state: Fulfilment, shipment: Shipment, carrier: CarrierState): readonly Fact[] {
  const { id: shipmentId, status } = shipment
  if (status !== 'LABEL_CREATED' && status !== 'IN_TRANSIT') return []
  if (carrier.status === 'VOIDED') return status === 'LABEL_CREATED' ? voided(state, shipmentId) : []
  if (carrier.status === 'CREATED') return []
  const facts: Fact[] = []
  if (status === 'LABEL_CREATED')
    facts.push({ type: 'dispatched', shipmentId, at: carrier.dispatchedAt ?? carrier.at })
  if (carrier.status === 'DELIVERED') facts.push({ type: 'delivered', shipmentId, at: carrier.at })
  if (carrier.status === 'LOST') facts.push({ type: 'failed', shipmentId, failure: 'LOST', at: carrier.at })
  if (carrier.status === 'RETURNED')
    facts.push({ type: 'failed', shipmentId, failure: 'RETURNED_TO_SENDER', at: carrier.at })
  return state.status === 'CANCELLING' ? [...facts, ...notCancelled(state, shipmentId, carrier.at)] : facts
}

/** Refuses the cancellation because a parcel was dispatched, and continues those without a label. */
function notCancelled(state: Fulfilment, goneId: string, at: Date): readonly Fact[] {
  const parcels = state.shipments.filter(({ status }) => status !== 'FAILED')
  return [
    { type: 'cancelRefused', shipmentId: goneId },
    ...parcels.flatMap(({ id: shipmentId, label }): Fact[] => {
      if (label === 'VOIDED') return [{ type: 'labelWanted', shipmentId }]
      return label === 'REFUSED' ? [refusedByCarrier(shipmentId, at)] : []
    }),
  ]
}
