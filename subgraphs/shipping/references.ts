/** Keys of entities that other subgraphs own. */
export type Reference = { readonly id: string }

/** The fields of an order that `Order.shippingOptions` requires. */
export type Consignment = {
  readonly cartId: string
  readonly currencyCode: string
  readonly grams: number
  readonly countryCode: string
  readonly postalCode: string
}

/** The proof by which a guest sees a parcel or a return. It leads to the lines of the order. */
export type Proven = { readonly guestProof?: string | undefined }

/** A reference to a line of an order, with the proof of the order's secret if the caller has shown it. */
export type OrderLineReference = Reference & { readonly guestProof: string | null }

/** A reference to an order, with its consignment and the proof of its guest's secret if they are required. */
export type OrderReference = Reference & {
  readonly consignment?: Consignment | null
  readonly guestProof?: string | null
}
