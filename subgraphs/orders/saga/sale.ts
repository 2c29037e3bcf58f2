// Tested in any-order.test.ts: the test passes orders through the saga.

/** A parcel of an order, as last reported by shipping. */
export type Parcel = {
  readonly shipmentId: string
  readonly state: 'PACKED' | 'SENT' | 'DELIVERED' | 'FAILED'
}

export type ClaimLine = { readonly orderLineId: string; readonly quantity: number }

export type RestockLine = {
  readonly variantId: string
  readonly quantity: number
  readonly warehouseId: string | null
}

/**
 * The part of a refund by staff that covers a claim. `refundId` is null if the part comes from several
 * refunds.
 */
export type Cover = { readonly refundId: string | null; readonly amountMinor: bigint }

/** Units to refund: a received return, or a failed parcel. */
export type RefundClaim = {
  /** Id of the return or of the shipment. */
  readonly id: string
  readonly kind: 'RETURN' | 'PARCEL'
  readonly lines: readonly ClaimLine[]
  readonly amountMinor: bigint
  readonly refund: 'OPEN' | 'DONE'
  /** Number of the refund attempt, from 1. */
  readonly refundTry: number
  /** Amount that refunds by staff cover since the claim's own refund is not repeated any more. */
  readonly coveredMinor: bigint
  /** The refunds by staff that `coveredMinor` adds up. */
  readonly coveredBy: readonly Cover[]
  /** Number of times that the claim was refunded and the refund, or one by staff that covers it, failed afterwards. */
  readonly reversals: number
  /** Units to restock; none for a failed parcel. */
  readonly restock: readonly RestockLine[]
  readonly restocked: boolean
}

/** The state of an order since it was paid. */
export type Sale = {
  readonly capturedMinor: bigint
  readonly refundedMinor: bigint
  /** Sum of the refunds that failed after they had succeeded. `refundedMinor` does not contain them. */
  readonly reversedMinor: bigint
  /**
   * Highest value of `refundedMinor` so far, which is the sum of the credit notes. A reversal does not lower
   * it.
   */
  readonly creditedMinor: bigint
  /** Number of parcels; 0 until shipping reports it. */
  readonly parcelCount: number
  readonly parcels: readonly Parcel[]
  readonly claims: readonly RefundClaim[]
}

/** The sale of an order with a total of zero. */
export const NO_SALE: Sale = {
  capturedMinor: 0n,
  refundedMinor: 0n,
  reversedMinor: 0n,
  creditedMinor: 0n,
  parcelCount: 0,
  parcels: [],
  claims: [],
}

const RANK: Record<Parcel['state'], number> = { PACKED: 0, SENT: 1, DELIVERED: 2, FAILED: 2 }

/** A sale after a report about a parcel. Returns the same object if the report is outdated. */
export function withParcel(sale: Sale, parcel: Parcel, parcelCount: number): Sale {
  const known = sale.parcels.find(({ shipmentId }) => shipmentId === parcel.shipmentId)
  const count = Math.max(sale.parcelCount, parcelCount)
  if (known && RANK[known.state] >= RANK[parcel.state])
    return count === sale.parcelCount ? sale : { ...sale, parcelCount: count }
  const others = sale.parcels.filter((other) => other !== known)
  return { ...sale, parcelCount: count, parcels: [...others, parcel] }
}

/** The combined status of an order's parcels. Failed parcels alone do not make it delivered. */
export function progressOf({ parcels, parcelCount }: Sale): 'FULFILLING' | 'SHIPPED' | 'DELIVERED' {
  if (parcels.every(({ state }) => state === 'PACKED')) return 'FULFILLING'
  const isOver = parcelCount > 0 && parcels.filter(({ state }) => RANK[state] === 2).length >= parcelCount
  return isOver && parcels.some(({ state }) => state === 'DELIVERED') ? 'DELIVERED' : 'SHIPPED'
}

/** Tests whether all parcels have reached a final status. */
export function areSettled({ parcels, parcelCount }: Sale): boolean {
  return parcelCount > 0 && parcels.filter(({ state }) => RANK[state] === 2).length >= parcelCount
}

/** A sale with one changed claim. */
export function withClaim(sale: Sale, claim: RefundClaim): Sale {
  const isNew = !sale.claims.some(({ id }) => id === claim.id)
  const claims = isNew
    ? [...sale.claims, claim]
    : sale.claims.map((known) => (known.id === claim.id ? claim : known))
  return { ...sale, claims }
}

/** The totals of an order's refunds in a message. */
export type RefundTotals = {
  /** Sum of all refunds, in minor units, without those that failed after they had succeeded. */
  readonly refundedMinor: bigint
  /**
   * Sum of the refunds that failed after they had succeeded. Absent in messages of earlier versions, which
   * knew no such failure.
   */
  readonly reversedMinor?: bigint
}

/**
 * Sum of all refunds that ever succeeded. It only grows, like `reversedMinor`, so that messages can be
 * applied in any order.
 */
export function everRefunded({ refundedMinor, reversedMinor = 0n }: RefundTotals): bigint {
  return refundedMinor + reversedMinor
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b)

/** A sale after a message with the totals of refunds. Returns the same object if nothing changed. */
export function withRefunded(sale: Sale, totals: RefundTotals): Sale {
  const ever = larger(everRefunded(sale), everRefunded(totals))
  const reversedMinor = larger(sale.reversedMinor, totals.reversedMinor ?? 0n)
  const refundedMinor = ever - reversedMinor
  const creditedMinor = larger(sale.creditedMinor, larger(refundedMinor, totals.refundedMinor))
  const isKnown =
    refundedMinor === sale.refundedMinor &&
    reversedMinor === sale.reversedMinor &&
    creditedMinor === sale.creditedMinor
  return isKnown ? sale : { ...sale, refundedMinor, reversedMinor, creditedMinor }
}
