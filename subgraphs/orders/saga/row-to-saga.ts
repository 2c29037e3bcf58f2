// Tested in ../saga.int.test.ts: the store reads the rows.

import type { CancelReason, OrderStatus, SagaStep } from '../generated/prisma/enums.ts'
import type { Allocation, SagaOrder, Stage, Undo } from './saga.ts'
import type { LockedOrder } from './saga-rows.ts'
import type { Parcel, RefundClaim, Sale } from './sale.ts'

/** A row of `orders` with its lines, parcels and claims as JSON. */
export type OrderRow = Omit<SagaOrder, 'shipping' | 'lines'> & {
  readonly cartId: string
  readonly withdrawn: boolean
  readonly status: OrderStatus
  readonly step: SagaStep
  readonly version: number
  readonly attempts: number
  readonly reservationId: string | null
  readonly cancelReason: CancelReason | null
  readonly payUntil: Date | null
  readonly rateId: string | null
  readonly carrier: string | null
  readonly service: string | null
  readonly allocations: Allocation[] | null
  readonly undoStock: string | null
  readonly undoPayment: string | null
  readonly refundTry: number
  readonly capturedMinor: bigint
  readonly refundedMinor: bigint
  readonly reversedMinor: bigint
  readonly creditedMinor: bigint
  readonly parcelCount: number
  readonly lines: LineRow[] | null
  readonly parcels: Parcel[] | null
  readonly claims: ClaimRow[] | null
}

type LineRow = {
  readonly id: string
  readonly variantId: string
  readonly quantity: number
  readonly paidMinor: string
  readonly weightGrams: number | null
}
type ClaimRow = Omit<RefundClaim, 'amountMinor' | 'coveredMinor' | 'coveredBy' | 'refund'> & {
  readonly amountMinor: string
  readonly coveredMinor: string
  readonly coveredBy: readonly { readonly refundId: string | null; readonly amountMinor: string }[]
  readonly refunded: boolean
}

/** Reads the sale from a row. */
function saleOf(row: OrderRow): Sale {
  const { capturedMinor, refundedMinor, reversedMinor, creditedMinor, parcelCount, parcels, claims } = row
  return {
    capturedMinor,
    refundedMinor,
    reversedMinor,
    // An earlier version wrote a credit note for each refund and did not store this sum.
    creditedMinor: creditedMinor > refundedMinor ? creditedMinor : refundedMinor,
    parcelCount,
    parcels: parcels ?? [],
    claims: (claims ?? []).map(({ refunded, amountMinor, coveredMinor, coveredBy, ...claim }) => ({
      ...claim,
      amountMinor: BigInt(amountMinor),
      coveredMinor: BigInt(coveredMinor),
      coveredBy: coveredBy.map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) })),
      refund: refunded ? 'DONE' : 'OPEN',
    })),
  }
}

function undoOf({ undoStock: stock, undoPayment: payment }: OrderRow): Undo | null {
  const isPayment = payment === 'VOID' || payment === 'REFUND'
  if (stock === 'RELEASE' && payment !== 'REFUND') return { stock, payment: isPayment ? 'VOID' : null }
  if (stock === 'RESTOCK') return { stock, payment: isPayment ? payment : null }
  return stock === null && isPayment ? { stock, payment } : null
}

/** Reads the stage of a row before the payment is complete; null for other rows. */
function unpaidStage(row: OrderRow): Stage | null {
  const { status, step, reservationId, payUntil, allocations } = row
  if (status === 'PENDING' && step === 'RESERVING') return { status, step }
  const isUnpaid = step === 'CHOOSING_PAYMENT' || step === 'AUTHORIZING'
  if (status === 'AWAITING_PAYMENT' && isUnpaid && reservationId && payUntil)
    return { status, step, reservationId, payUntil }
  const isPending = status === 'PENDING' || status === 'AWAITING_PAYMENT'
  if (isPending && step === 'COMMITTING_STOCK' && reservationId) return { status, step, reservationId }
  if (status === 'AWAITING_PAYMENT' && step === 'CAPTURING')
    return { status, step, allocations: allocations ?? [] }
  return null
}

/** Reads the stage of a paid row; null for other rows. */
function soldStage(row: OrderRow): Stage | null {
  const { status, step, allocations } = row
  const sale = saleOf(row)
  if (status === 'CONFIRMED' && step === 'ARRANGING')
    return { status, step, allocations: allocations ?? [], sale }
  if (status === 'FULFILLING' || status === 'SHIPPED') return { status, step: 'DELIVERING', sale }
  const isDone = status === 'CONFIRMED' || status === 'DELIVERED' || status === 'REFUNDED'
  return isDone && step === 'DONE' ? { status, step, sale } : null
}

/** Reads the stage of a row that is cancelled or being cancelled; null for other rows. */
function cancelledStage(row: OrderRow): Stage | null {
  const { status, step, cancelReason, refundTry } = row
  const sale = saleOf(row)
  if (cancelReason === null) return null
  if (status === 'CANCELLED' && step === 'DONE') return { status, step, cancelReason, sale }
  if (status !== 'CANCELLING') return null
  if (step === 'RECALLING') return { status, step, cancelReason, sale }
  // Rows of earlier versions, which only released stock.
  const undo = step === 'RELEASING' ? ({ stock: 'RELEASE', payment: null } as const) : undoOf(row)
  return undo && { status, step: 'UNDOING', cancelReason, undo, refundTry, sale }
}

/** Reads the stage of a row. @throws Error for a pair of status and step that the table's checks forbid */
function stageOf(row: OrderRow): Stage {
  const stage = unpaidStage(row) ?? soldStage(row) ?? cancelledStage(row)
  if (!stage) throw new Error(`order ${row.id} is ${row.status} at ${row.step}`)
  return stage
}

export function lockedOrder(row: OrderRow): LockedOrder {
  const { id, number, customerId, email, guestSecretHash, cartId, withdrawn, totalMinor, currency } = row
  const { paymentMethodId, payLater, rateId, carrier, service, shippingPaidMinor, address } = row
  const { version, attempts } = row
  const shipping = rateId && carrier && service ? { rateId, carrier, service } : null
  const lines = (row.lines ?? []).map(({ paidMinor, weightGrams, ...line }) => {
    return { ...line, paidMinor: BigInt(paidMinor), weightGrams: weightGrams ?? 0 }
  })
  const buyer = { customerId, email, guestSecretHash }
  const order = { id, number, ...buyer, cartId, withdrawn, totalMinor, currency, paymentMethodId, payLater }
  return {
    order: { ...order, shipping, shippingPaidMinor, address, lines },
    saga: { stage: stageOf(row), version, attempts },
  }
}
