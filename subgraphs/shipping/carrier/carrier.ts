import type { CarrierState } from '../shipment/decide.ts'
import type { Label } from '../shipment/fulfilment.ts'

/** What a carrier is asked for: a parcel from a warehouse to an address. */
export type LabelRequest = {
  readonly reference: string
  readonly carrier: string
  readonly service: string
  readonly from: { readonly warehouseCode: string }
  /** The address, as the order has it. */
  readonly to: unknown
  readonly weightGrams: number
}

export type LabelAnswer =
  | { readonly type: 'made'; readonly label: Label }
  /** The carrier will never take this parcel. */
  | { readonly type: 'refused'; readonly message: string }

/** Something that happened to a parcel on its way. */
export type Scan = {
  readonly id: string
  readonly at: Date
  readonly status: 'LABEL_CREATED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED'
  readonly location: string | null
  readonly description: string
}

export type Tracking = { readonly state: CarrierState; readonly scans: readonly Scan[] }

/** The carrier gave no answer that says what happened: ask again, with the same key. */
export class CarrierUnavailable extends Error {
  override readonly name = 'CarrierUnavailable'
}

/** Whoever carries parcels. Each function rejects with `CarrierUnavailable` where the outcome is not known. */
export type Carrier = {
  /** Makes a label, once per key: asked again with the key, the carrier answers as before. */
  createLabel(request: LabelRequest, key: string): Promise<LabelAnswer>
  /** Takes a label back; `dispatched`: too late. */
  voidLabel(labelId: string): Promise<'voided' | 'dispatched'>
  track(labelId: string): Promise<Tracking>
}
