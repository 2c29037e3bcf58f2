// Tested in ../saga/transitions.test.ts: the pages of the saga are made of these effects.

import type { NewEvent } from '@argyle/kit/envelope'
import { decide } from '../saga/decide.ts'
import { describe } from '../saga/describe.ts'
import { messagesOf } from '../saga/effects.ts'
import { evolve, saleOf } from '../saga/evolve.ts'
import type { SagaInput } from '../saga/inputs.ts'
import { dueAt } from '../saga/outstanding.ts'
import { placed, type Saga, type SagaOrder } from '../saga/saga.ts'
import { aSagaOrder } from './a-saga-order.ts'

/** The time of all inputs but one. */
const NOW = new Date('2026-11-21T09:00:00Z')
const TWELVE_MINUTES_LATER = new Date('2026-11-21T09:12:00Z')

const allocations = ['var_1', 'var_2'].map((variantId) => {
  return { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId, quantity: 1 }
})
export const why = { code: 'closed', message: 'The card is closed' }
const parcel = (index: number) => ({ shipmentId: `shp_${index}`, parcelCount: 2 })
export const unit = (index: number) => ({ orderLineId: `oln_${index}`, quantity: 1 })
export const returned = (index: number, restock: boolean) => {
  return { ...unit(index), variantId: `var_${index}`, warehouseId: 'whs_1', restock }
}
export const refund = (refundId: string, amountMinor: bigint, refundedMinor: bigint, reversedMinor = 0n) => {
  return { refundId, amountMinor, refundedMinor, reversedMinor }
}

/** Every input, those whose fields matter more than once. */
export const INPUTS = {
  'the stock is reserved': { type: 'StockReserved', reservationId: 'res_1' },
  'the stock is rejected': { type: 'StockRejected', shortages: [] },
  'the stock is committed': { type: 'StockCommitted', allocations },
  'the stock is committed, without allocations': { type: 'StockCommitted', allocations: [] },
  'the stock is released': { type: 'StockReleased' },
  'the stock of the order is back': { type: 'StockRestocked', restockId: 'cancel' },
  'stock without a name is back': { type: 'StockRestocked', restockId: null },
  'the stock of ret_1 is back': { type: 'StockRestocked', restockId: 'ret_1' },
  'the reservation expired': { type: 'ReservationExpired' },
  'the customer chose how to pay': { type: 'PaymentChosen' },
  'the payment is authorized': { type: 'PaymentAuthorized' },
  'the payment is declined': { type: 'PaymentDeclined', ...why },
  'the bank asks the customer': { type: 'ActionRequired', expiresAt: '2026-11-21T09:10:00.000Z' },
  'the payment is captured': { type: 'PaymentCaptured', capturedMinor: 12n },
  'the capture failed': { type: 'CaptureFailed', ...why },
  'the payment is voided': { type: 'PaymentVoided' },
  'the order is refunded': { type: 'PaymentRefunded', ...refund('ord_1:cancel', 12n, 12n) },
  'the refund of the order failed': { type: 'RefundFailed', refundId: 'ord_1:cancel', ...why },
  'ret_1 is refunded': { type: 'PaymentRefunded', ...refund('ret_1', 4n, 4n) },
  'the refund of ret_1 failed': { type: 'RefundFailed', refundId: 'ret_1', ...why },
  'the refund of ret_1 is reversed': { type: 'RefundReversed', ...refund('ret_1', 4n, 0n, 4n), ...why },
  'staff refund 0.05': { type: 'PaymentRefunded', ...refund('rfk_1', 5n, 5n) },
  'staff refund 0.12': { type: 'PaymentRefunded', ...refund('rfk_1', 12n, 12n) },
  'shp_1 is packed': { type: 'ShipmentCreated', ...parcel(1) },
  'shp_1 is dispatched': { type: 'ShipmentDispatched', ...parcel(1) },
  'shp_1 is delivered': { type: 'ShipmentDelivered', ...parcel(1) },
  'shp_2 is delivered': { type: 'ShipmentDelivered', ...parcel(2) },
  'the only parcel is delivered': { type: 'ShipmentDelivered', shipmentId: 'shp_1', parcelCount: 1 },
  'shp_1 is lost': { type: 'ShipmentFailed', ...parcel(1), lines: [unit(1)] },
  'the only parcel is lost': {
    ...{ type: 'ShipmentFailed', shipmentId: 'shp_1', parcelCount: 1, lines: [unit(1), unit(2)] },
  },
  'shipping stopped the parcels': { type: 'ShippingCancelled' },
  'shipping did not stop shp_1': { type: 'ShippingCancelRefused', shipmentId: 'shp_1' },
  'ret_1 is received': { type: 'ReturnReceived', returnId: 'ret_1', lines: [returned(1, true)] },
  'ret_2 of both units is received': {
    ...{ type: 'ReturnReceived', returnId: 'ret_2', lines: [returned(1, true), returned(2, false)] },
  },
  'the customer cancels': { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' },
  'the address was removed': { type: 'CancelRequested', actor: 'shop', reason: 'ADDRESS_REMOVED' },
  'no answer arrived': { type: 'TimedOut', now: NOW },
  'twelve minutes passed': { type: 'TimedOut', now: TWELVE_MINUTES_LATER },
} as const satisfies Record<string, SagaInput>

export type Input = keyof typeof INPUTS

export const paid = aSagaOrder()
export const free = aSagaOrder({ totalMinor: 0n, paymentMethodId: null })
export const later = aSagaOrder({ payLater: true })
export const CAPTURING: Input[] = [
  'the stock is reserved',
  'the payment is authorized',
  'the stock is committed',
]
export const CONFIRMED: Input[] = [...CAPTURING, 'the payment is captured']
export const DELIVERED: Input[] = [...CONFIRMED, 'shp_1 is delivered', 'shp_2 is delivered']
export const STOPPED: Input[] = [...CONFIRMED, 'the customer cancels', 'shipping stopped the parcels']
export const UNPAID: Input[] = ['the stock is reserved', 'the customer cancels']

type Fields = Readonly<Record<string, unknown>>

/** The fields of a saga by name. Those of its sale, parcels and claims are beside those of its stage. */
function fieldsOf(saga: Saga): Fields {
  const { status: _, step: __, ...fields } = saga.stage
  const { claims, parcels, ...sums } = saleOf(saga)
  const states = parcels.map(({ shipmentId, state }): [string, string] => [`parcel ${shipmentId}`, state])
  const byId = claims.map(({ id, ...claim }): [string, Fields] => [`claim ${id}`, claim])
  const all = { ...fields, ...sums, attempts: saga.attempts }
  return { ...all, ...Object.fromEntries(states), ...Object.fromEntries(byId) }
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))

const GONE = Symbol('none')

/** The fields that differ from those before; of a claim, likewise. */
function changesOf(before: Fields, after: Fields): [name: string, value: unknown][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name): [string, unknown][] => {
    const [known, value = GONE] = [before[name], after[name]]
    if (name === 'sale' || json(value) === json(known)) return []
    const isClaim = name.startsWith('claim ') && known !== undefined
    return [[name, isClaim ? Object.fromEntries(changesOf(known as Fields, value as Fields)) : value]]
  })
}

/** Messages whose values depend on the state. Those of the others are in commands.test.ts. */
const VARIES = /^(?:orders\.|payments\.refund|inventory\.restock)/

function shown({ type, data }: NewEvent): string {
  // The data of each message about an order is an object.
  const { orderId: _, number: __, customerId: ___, ...more } = data as Fields
  return VARIES.test(type) && Object.keys(more).length > 0 ? `→ ${type} ${json(more)}` : `→ ${type}`
}

/** The effects of an input, line by line: the state, its changes, the texts of the history, the messages. */
export function effectsOf(order: SagaOrder, before: Saga, input: SagaInput): string[] {
  let saga = before
  const news = decide(order, saga, input, NOW).flatMap((event) => {
    saga = evolve(saga, event)
    const text = describe(order, saga, event)
    return [...(text === null ? [] : [`“${text}”`]), ...messagesOf(order, saga, event).map(shown)]
  })
  if (saga === before && news.length === 0) return []
  const due = dueAt(saga, NOW)
  const wait = due ? `, due in ${(due.getTime() - NOW.getTime()) / 1_000} s` : ''
  const { stage, version } = saga
  const changes = changesOf(fieldsOf(before), fieldsOf(saga)).map(
    ([name, value]) => `${name}: ${value === GONE ? 'none' : json(value)}`,
  )
  return [`${stage.status} ${stage.step}, version ${version}${wait}`, ...changes, ...news]
}

export function stateOf(order: SagaOrder, inputs: readonly (Input | SagaInput)[], start = placed): Saga {
  const all = inputs.map((input) => (typeof input === 'string' ? INPUTS[input] : input))
  return all.reduce((saga, input) => decide(order, saga, input, NOW).reduce(evolve, saga), start)
}
