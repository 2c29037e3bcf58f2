import { unreachable } from '@argyle/kit/decision'
import { evolve, type Fact, type Fulfilment, type Label, type Shipment } from './fulfilment.ts'

/** What a carrier says of a parcel as a whole, and since when. */
export type CarrierState = {
  readonly status: 'CREATED' | 'VOIDED' | 'IN_TRANSIT' | 'DELIVERED' | 'LOST' | 'RETURNED'
  /** When the carrier took the parcel; null before. */
  readonly dispatchedAt: Date | null
  /** When the parcel came to `status`. */
  readonly at: Date
}

/** What orders ask for, and what the carrier answers. Answers name the attempt that they are about. */
export type Command =
  | { readonly type: 'create'; readonly shipmentIds: readonly string[] }
  | { readonly type: 'cancel' }
  /** The carrier is about to be asked for a label. */
  | { readonly type: 'ask'; readonly shipmentId: string }
  | (About & { readonly type: 'labelMade'; readonly label: Label })
  | (About & { readonly type: 'labelRefused'; readonly at: Date })
  | (About & { readonly type: 'voided' })
  | (About & { readonly type: 'tracked'; readonly state: CarrierState })

type About = { readonly shipmentId: string; readonly attempt: number }

/** Nothing of a shipment is at a carrier, or can come to be there. */
const isAtRest = ({ label }: Shipment) => label === 'WANTED' || label === 'VOIDED' || label === 'REFUSED'

/** What a command comes to; nothing where it is late, or comes again. Null: shipping has not heard of the order. */
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

/** A cancel that overtakes its create leaves a row without shipments: the create finds the order closed. */
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
    // It is answered when the carrier has said whether it takes the labels back.
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

/** Ends a cancellation that is under way, where these facts leave nothing at any carrier. */
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

/** While the order is being cancelled, a parcel without a label has not failed: its order's cancellation refunds it. */
function refused(state: Fulfilment, shipmentId: string, at: Date): readonly Fact[] {
  const fact: Fact = { type: 'labelRefused', shipmentId }
  return state.status === 'OPEN' ? [fact, refusedByCarrier(shipmentId, at)] : settled(state, [fact])
}

/** The answer may come when the cancellation has been refused for another parcel's sake: then a new label is wanted. */
function voided(state: Fulfilment, shipmentId: string): readonly Fact[] {
  const fact: Fact = { type: 'labelVoided', shipmentId }
  return state.status === 'OPEN' ? [fact, { type: 'labelWanted', shipmentId }] : settled(state, [fact])
}

/** A carrier's word on a parcel, of which several steps may be new. What has ended stays ended. */
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

/** Refuses the cancellation for the sake of a parcel that is gone, and lets the others go on. */
function notCancelled(state: Fulfilment, goneId: string, at: Date): readonly Fact[] {
  const others = state.shipments.filter(({ id, status }) => id !== goneId && status !== 'FAILED')
  return [
    { type: 'cancelRefused', shipmentId: goneId },
    ...others.flatMap(({ id: shipmentId, label }): Fact[] => {
      if (label === 'VOIDED') return [{ type: 'labelWanted', shipmentId }]
      return label === 'REFUSED' ? [refusedByCarrier(shipmentId, at)] : []
    }),
  ]
}
