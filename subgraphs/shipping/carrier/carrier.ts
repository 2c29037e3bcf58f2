import type { CarrierState } from '../shipment/decide.ts'
import type { Label } from '../shipment/fulfilment.ts'

/** A request for a label: a parcel from a warehouse to an address. */
export type LabelRequest = {
  readonly reference: string
  readonly carrier: string
  readonly service: string
  readonly from: { readonly warehouseCode: string }
  /** The address as stored with the order. */
  readonly to: unknown
  readonly weightGrams: number
}

export type LabelAnswer =
  | { readonly type: 'made'; readonly label: Label }
  /** A permanent refusal of the parcel. */
  | { readonly type: 'refused'; readonly message: string }

/** A tracking event of a parcel. */
export type Scan = {
  readonly id: string
  readonly at: Date
  readonly status: 'LABEL_CREATED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED'
  readonly location: string | null
  readonly description: string
}

export type Tracking = { readonly state: CarrierState; readonly scans: readonly Scan[] }

/** A call with an unknown outcome. It is repeated with the same key. */
export class CarrierUnavailable extends Error {
  override readonly name = 'CarrierUnavailable'
}

/** A call that the carrier refused by a 4xx response which says nothing about the parcel. It is repeated at growing intervals. */
export class CarrierRefused extends Error {
  override readonly name = 'CarrierRefused'
}

/** The port to a carrier. Each function rejects with `CarrierUnavailable` or `CarrierRefused` if there is no outcome. */
export type Carrier = {
  /** Creates a label, once per key. A repetition returns the first response. */
  createLabel(request: LabelRequest, key: string): Promise<LabelAnswer>
  /** Voids a label; `dispatched`: the carrier already has the parcel. */
  voidLabel(labelId: string): Promise<'voided' | 'dispatched'>
  track(labelId: string): Promise<Tracking>
}
