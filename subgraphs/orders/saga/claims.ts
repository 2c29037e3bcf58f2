// Tested in any-order.test.ts: the test passes orders through the saga.

import type { ReturnedLine } from './inputs.ts'
import type { SagaOrder } from './saga.ts'
import type { ClaimLine, RefundClaim, RestockLine, Sale } from './sale.ts'

/** Units of a line that are refunded or being refunded. */
function claimedUnits({ claims }: Sale, orderLineId: string): number {
  const lines = claims.flatMap((claim) => claim.lines).filter((line) => line.orderLineId === orderLineId)
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/**
 * The refund for some units of a line, after `before` units were refunded. It is the difference of two
 * amounts rounded down, so that the refunds of all units add up to the paid amount.
 */
export function shareOf(
  { paidMinor, quantity }: { readonly paidMinor: bigint; readonly quantity: number },
  before: number,
  units: number,
): bigint {
  const upTo = (count: number) => (paidMinor * BigInt(count)) / BigInt(quantity)
  return upTo(before + units) - upTo(before)
}

/** The units that can be claimed, at most those bought, each line with its refund. */
function claimable<Line extends ClaimLine>(order: SagaOrder, sale: Sale, wanted: readonly Line[]) {
  const taken = new Map(order.lines.map(({ id }) => [id, claimedUnits(sale, id)]))
  return wanted.flatMap((line) => {
    const bought = order.lines.find(({ id }) => id === line.orderLineId)
    const before = taken.get(line.orderLineId) ?? 0
    const quantity = bought ? Math.min(line.quantity, bought.quantity - before) : 0
    if (!bought || quantity <= 0) return []
    taken.set(line.orderLineId, before + quantity)
    return [{ line, quantity, costMinor: shareOf(bought, before, quantity) }]
  })
}

/** The captured amount less all refunds, including those under way. */
function refundable({ capturedMinor, refundedMinor, claims }: Sale): bigint {
  const open = claims.filter(({ refund }) => refund === 'OPEN')
  const left = open.reduce(
    (rest, { amountMinor, coveredMinor }) => rest - (amountMinor - coveredMinor),
    capturedMinor - refundedMinor,
  )
  return left > 0n ? left : 0n
}

/** Tests whether every unit of the order is claimed. */
export function isAllClaimed({ lines }: SagaOrder, sale: Sale): boolean {
  return lines.every(({ id, quantity }) => claimedUnits(sale, id) >= quantity)
}

type Parts = Pick<RefundClaim, 'id' | 'kind' | 'lines' | 'restock'>

function claimOf(sale: Sale, parts: Parts, costMinor: bigint): RefundClaim {
  const most = refundable(sale)
  const amountMinor = costMinor < most ? costMinor : most
  return {
    ...parts,
    amountMinor,
    refund: amountMinor > 0n ? 'OPEN' : 'DONE',
    refundTry: 1,
    coveredMinor: 0n,
    coveredBy: [],
    reversals: 0,
    restocked: parts.restock.length === 0,
  }
}

const costOf = (lines: readonly { costMinor: bigint }[]) =>
  lines.reduce((sum, { costMinor }) => sum + costMinor, 0n)

/** The claim of a received return: its units at the price paid for them, without shipping. */
export function returnClaim(
  order: SagaOrder,
  sale: Sale,
  { returnId, lines: wanted }: { returnId: string; lines: readonly ReturnedLine[] },
): RefundClaim {
  const taken = claimable(order, sale, wanted)
  const lines = taken.map(({ line, quantity }): ClaimLine => ({ orderLineId: line.orderLineId, quantity }))
  const restock = taken
    .filter(({ line }) => line.restock)
    .map(({ line: { variantId, warehouseId }, quantity }): RestockLine => {
      return { variantId, quantity, warehouseId }
    })
  return claimOf(sale, { id: returnId, kind: 'RETURN', lines, restock }, costOf(taken))
}

/** The claim of a parcel that was lost or sent back. If every parcel failed, shipping is refunded too. */
export function parcelClaim(
  order: SagaOrder,
  sale: Sale,
  { shipmentId, lines: wanted }: { shipmentId: string; lines: readonly ClaimLine[] },
): RefundClaim {
  const taken = claimable(order, sale, wanted)
  const lines = taken.map(({ line, quantity }): ClaimLine => ({ orderLineId: line.orderLineId, quantity }))
  const parts: Parts = { id: shipmentId, kind: 'PARCEL', lines, restock: [] }
  const others = sale.claims.every(({ kind }) => kind === 'PARCEL')
  const claims = [...sale.claims, claimOf(sale, parts, 0n)]
  const isEverything = others && isAllClaimed(order, { ...sale, claims })
  return claimOf(sale, parts, costOf(taken) + (isEverything ? order.shippingPaidMinor : 0n))
}

/** The id of a refund attempt at payments. */
export function refundIdOf(base: string, attempt: number): string {
  return attempt === 1 ? base : `${base}:${attempt}`
}
