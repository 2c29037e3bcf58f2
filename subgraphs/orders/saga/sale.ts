/** A parcel of an order, as shipping told last. */
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

/** Units that the customer is paid back for: a return that has come in, or a parcel that failed. */
export type Claim = {
  /** The return's id, or the shipment's. */
  readonly id: string
  readonly kind: 'RETURN' | 'PARCEL'
  readonly lines: readonly ClaimLine[]
  readonly amountMinor: bigint
  readonly refund: 'OPEN' | 'DONE'
  /** Which attempt at the refund is under way, from 1. */
  readonly refundTry: number
  /** What goes back on the shelf; nothing of a parcel that failed. */
  readonly restock: readonly RestockLine[]
  readonly restocked: boolean
}

/** What happened to an order since it was paid. */
export type Sale = {
  readonly capturedMinor: bigint
  readonly refundedMinor: bigint
  /** How many parcels there are; 0 as long as shipping has not said. */
  readonly parcelCount: number
  readonly parcels: readonly Parcel[]
  readonly claims: readonly Claim[]
}

/** The sale of an order of which nothing was paid. */
export const NO_SALE: Sale = {
  capturedMinor: 0n,
  refundedMinor: 0n,
  parcelCount: 0,
  parcels: [],
  claims: [],
}

const RANK: Record<Parcel['state'], number> = { PACKED: 0, SENT: 1, DELIVERED: 2, FAILED: 2 }

/** A sale after news of a parcel; the very same value when the news is old. */
export function withParcel(sale: Sale, parcel: Parcel, parcelCount: number): Sale {
  const known = sale.parcels.find(({ shipmentId }) => shipmentId === parcel.shipmentId)
  const count = Math.max(sale.parcelCount, parcelCount)
  if (known && RANK[known.state] >= RANK[parcel.state])
    return count === sale.parcelCount ? sale : { ...sale, parcelCount: count }
  const others = sale.parcels.filter((other) => other !== known)
  return { ...sale, parcelCount: count, parcels: [...others, parcel] }
}

/** Where the parcels of an order are, all together. Parcels that failed alone do not make it delivered. */
export function progressOf({ parcels, parcelCount }: Sale): 'FULFILLING' | 'SHIPPED' | 'DELIVERED' {
  if (parcels.every(({ state }) => state === 'PACKED')) return 'FULFILLING'
  const isOver = parcelCount > 0 && parcels.filter(({ state }) => RANK[state] === 2).length >= parcelCount
  return isOver && parcels.some(({ state }) => state === 'DELIVERED') ? 'DELIVERED' : 'SHIPPED'
}

/** Whether all parcels have come to an end, whatever end. */
export function areSettled({ parcels, parcelCount }: Sale): boolean {
  return parcelCount > 0 && parcels.filter(({ state }) => RANK[state] === 2).length >= parcelCount
}

/** A sale with one of its claims changed. */
export function withClaim(sale: Sale, claim: Claim): Sale {
  const isNew = !sale.claims.some(({ id }) => id === claim.id)
  const claims = isNew
    ? [...sale.claims, claim]
    : sale.claims.map((known) => (known.id === claim.id ? claim : known))
  return { ...sale, claims }
}

/** A sale after a refund of which payments tells the total. */
export function withRefunded(sale: Sale, refundedMinor: bigint): Sale {
  return refundedMinor > sale.refundedMinor ? { ...sale, refundedMinor } : sale
}
