import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import type { Return } from './return/return.ts'
import type { Fact, Fulfilment, Shipment } from './shipment/fulfilment.ts'

/** Units of an order line in a parcel. */
export type UnitLine = {
  readonly orderLineId: string
  readonly variantId: string
  readonly quantity: number
}

/** The fulfilment of an order after a command, as reported to orders. */
export type Outcome = {
  readonly orderId: string
  readonly state: Fulfilment
  /** The lines of a parcel; null if the store has not read them, since no fact is in its `WITH_LINES`. */
  readonly linesOf: ((shipmentId: string) => readonly UnitLine[]) | null
}

/** The messages to orders about the facts of one command. */
export function messagesOf({ orderId, state, linesOf }: Outcome, facts: readonly Fact[]): NewEvent[] {
  const answer = (type: string, data: object): NewEvent => {
    return { type: `shipping.${type}`, subject: orderId, sequence: state.version, data: { orderId, ...data } }
  }
  const parcelCount = state.shipments.length
  const created = () =>
    state.shipments.map(({ id: shipmentId, status }) =>
      answer('shipment.created', { shipmentId, status, parcelCount }),
    )
  const shipmentOf = (id: string): Shipment => {
    const found = state.shipments.find((shipment) => shipment.id === id)
    if (!found) throw new Error(`${id} is not a shipment of ${orderId}`)
    return found
  }
  const refused = (shipmentId: string) =>
    answer('order.cancel_refused', { shipmentId, status: shipmentOf(shipmentId).status })
  const happened = (type: string, shipmentId: string, at: Date, more: object = {}): NewEvent => {
    if (!linesOf)
      throw new Error(`${type} has the lines of a parcel: add its fact to WITH_LINES of fulfilment-store.ts`)
    const { version, made } = shipmentOf(shipmentId)
    const trackingNumber = made?.trackingNumber ?? null
    const about = { orderId, shipmentId, parcelCount, trackingNumber, lines: linesOf(shipmentId) }
    const data = { ...about, at: at.toISOString(), ...more }
    return { type: `shipping.shipment.${type}`, subject: shipmentId, sequence: version, data }
  }
  return facts.flatMap((fact): NewEvent[] => {
    switch (fact.type) {
      case 'created':
        return created()
      case 'cancelled':
        return [answer('order.cancelled', {})]
      case 'cancelRefused':
        return [refused(fact.shipmentId)]
      case 'dispatched':
      case 'delivered':
        return [happened(fact.type, fact.shipmentId, fact.at)]
      case 'failed':
        return [happened('failed', fact.shipmentId, fact.at, { reason: fact.failure })]
      case 'answered':
        if (fact.as === 'cancelRefused') return [refused(fact.shipmentId)]
        return fact.as === 'created' ? created() : [answer('order.cancelled', {})]
      // Known to shipping alone.
      case 'cancelAsked':
      case 'labelAsked':
      case 'labelMade':
      case 'labelRefused':
      case 'labelVoided':
      case 'labelWanted':
        return []
      default:
        return unreachable(fact)
    }
  })
}

/** `shipping.return.changed`: the status of a return, published with each change. */
export function returnChanged({ id, orderId, customerId, status, rejection, version }: Return): NewEvent {
  const data = { returnId: id, orderId, customerId, status, rejection }
  return { type: 'shipping.return.changed', subject: id, sequence: version, data }
}

/** `shipping.return.received`: the received units, which orders refunds and restocks. */
export function returnReceived({ id: returnId, orderId, version, lines }: Return): NewEvent {
  const received = lines.flatMap(({ orderLineId, variantId, receivedQuantity, restock, warehouseId }) =>
    receivedQuantity ? [{ orderLineId, variantId, quantity: receivedQuantity, restock, warehouseId }] : [],
  )
  const data = { orderId, returnId, lines: received }
  return { type: 'shipping.return.received', subject: returnId, sequence: version, data }
}
