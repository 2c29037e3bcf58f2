// Tested in saga.test.ts: the test passes orders through the saga.

import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { hashOf } from '@argyle/kit/hashed-secret'
import { refundIdOf } from './claims.ts'
import { CANCEL_RESTOCK, refundOf } from './decide-undo.ts'
import { isGivenUp } from './outstanding.ts'
import type { Allocation, Saga, SagaOrder, Stage } from './saga.ts'
import type { RefundClaim, Sale } from './sale.ts'

/** A command without the fields that are common to all messages about an order. */
export type Command = { readonly type: string; readonly data: Readonly<Record<string, unknown>> }

/** Lifetime of the reservation of an unpaid order. It is longer than the customer has for the payment. */
const HOLD_SECONDS = 15 * 60

const money = ({ currency }: SagaOrder, minor: bigint) => ({
  amountMinor: String(minor),
  currencyCode: currency,
})

/** The commands that the current stage of the saga waits for. */
export function commandsOfStage(order: SagaOrder, stage: Stage): readonly Command[] {
  const { id: orderId } = order
  switch (stage.step) {
    case 'RESERVING':
      return [reserve(order)]
    case 'AUTHORIZING':
      return [authorize(order)]
    case 'COMMITTING_STOCK':
      return [{ type: 'inventory.commit', data: { orderId } }]
    case 'CAPTURING':
      return [{ type: 'payments.capture', data: { orderId } }]
    case 'ARRANGING':
      return [createShipping(order, stage.allocations)]
    case 'RECALLING':
      return [{ type: 'shipping.cancel', data: { orderId } }]
    case 'UNDOING':
      return [...undoStock(order, stage), ...undoPayment(order, stage)]
    case 'CHOOSING_PAYMENT':
    case 'DELIVERING':
    case 'DONE':
      return []
    default:
      return unreachable(stage)
  }
}

type Reservable = Pick<SagaOrder, 'id' | 'customerId'> & {
  readonly lines: readonly Pick<SagaOrder['lines'][number], 'variantId' | 'quantity'>[]
}

/** The first command of an order. */
export function reserve({ id: orderId, customerId, lines: all }: Reservable): Command {
  const lines = all.map(({ variantId, quantity }) => ({ variantId, quantity }))
  return { type: 'inventory.reserve', data: { orderId, customerId, ttlSeconds: HOLD_SECONDS, lines } }
}

/**
 * Hash of the proof that a caller has a guest's secret (`Order.guestProof`); null for a customer's order.
 * Payments and shipping store it with the order.
 */
const guestProofHash = ({ guestSecretHash: proof }: SagaOrder) => proof && hashOf(proof)

function authorize(order: SagaOrder): Command {
  const { id: orderId, number: orderNumber, customerId, paymentMethodId } = order
  const amount = money(order, order.totalMinor)
  const whose = { customerId, guestProofHash: guestProofHash(order) }
  return { type: 'payments.authorize', data: { orderId, orderNumber, ...whose, paymentMethodId, amount } }
}

type Undoing = Extract<Stage, { step: 'UNDOING' }>

function undoStock({ id: orderId }: SagaOrder, { undo }: Undoing): readonly Command[] {
  switch (undo.stock) {
    case 'RELEASE':
      return [{ type: 'inventory.release', data: { orderId } }]
    case 'RESTOCK':
      return [{ type: 'inventory.restock', data: { orderId, restockId: CANCEL_RESTOCK } }]
    case null:
      return []
    default:
      return unreachable(undo)
  }
}

function undoPayment(order: SagaOrder, { undo, refundTry, sale, cancelReason }: Undoing): readonly Command[] {
  const { id: orderId } = order
  switch (undo.payment) {
    case 'VOID':
      return [{ type: 'payments.void', data: { orderId } }]
    case 'REFUND': {
      if (isGivenUp(refundTry)) return []
      const amount = money(order, sale.capturedMinor - sale.refundedMinor)
      const refundId = refundOf(orderId, refundTry)
      return [
        {
          type: 'payments.refund',
          data: { orderId, refundId, amount, reason: `cancelled: ${cancelReason}` },
        },
      ]
    }
    case null:
      return []
    default:
      return unreachable(undo)
  }
}

/**
 * The unanswered refund commands of a claim. The amount is limited to the rest of the captured amount. If the
 * rest is zero, the full amount is repeated, since the answer to this same refund may be the one that is
 * missing.
 */
export function commandsOfClaim(order: SagaOrder, sale: Sale, claim: RefundClaim): readonly Command[] {
  const { id: orderId } = order
  const { id, kind, refund, refundTry, restock, restocked, amountMinor } = claim
  const left = sale.capturedMinor - sale.refundedMinor
  const amount = money(order, left > 0n && left < amountMinor ? left : amountMinor)
  const reason = kind === 'RETURN' ? 'returned' : 'parcel failed'
  const data = { orderId, refundId: refundIdOf(id, refundTry), amount, reason }
  return [
    ...(refund === 'OPEN' && !isGivenUp(refundTry) ? [{ type: 'payments.refund', data }] : []),
    ...(restocked ? [] : [{ type: 'inventory.restock', data: { orderId, restockId: id, lines: restock } }]),
  ]
}

function createShipping(order: SagaOrder, allocations: readonly Allocation[]): Command {
  const { id: orderId, number: orderNumber, customerId, email, address, shipping } = order
  const { rateId, carrier, service } = shipping ?? { rateId: null, carrier: null, service: null }
  const whose = { customerId, guestProofHash: guestProofHash(order), email }
  const to = { ...whose, address, rateId, carrier, service }
  return {
    type: 'shipping.create',
    data: { orderId, orderNumber, ...to, parcels: parcelsOf(order, allocations) },
  }
}

/** One parcel for each warehouse that has allocations. */
function parcelsOf({ lines }: SagaOrder, allocations: readonly Allocation[]) {
  return [...Map.groupBy(allocations, ({ warehouseId }) => warehouseId)].map(([warehouseId, given]) => ({
    warehouseId,
    warehouseCode: given[0]?.warehouseCode ?? '',
    lines: given.flatMap(({ variantId, quantity }) => {
      const line = lines.find((known) => known.variantId === variantId)
      return line ? [{ orderLineId: line.id, variantId, quantity, weightGrams: line.weightGrams }] : []
    }),
  }))
}

/** All unanswered commands. */
export function outstanding(order: SagaOrder, { stage }: Saga): readonly Command[] {
  const ofStage = commandsOfStage(order, stage)
  if (!('sale' in stage)) return ofStage
  const { sale } = stage
  return [...ofStage, ...sale.claims.flatMap((claim) => commandsOfClaim(order, sale, claim))]
}

/** Converts commands to messages. */
export function messagesFor(
  { id: subject }: Pick<SagaOrder, 'id'>,
  { version: sequence }: Saga,
  commands: readonly Command[],
): NewEvent[] {
  return commands.map(({ type, data }) => ({ type, subject, sequence, data }))
}
