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

/** A reference to an order, with its consignment and the proof of its guest's secret if they are required. */
export type OrderReference = Reference & {
  readonly consignment?: Consignment | null
  readonly guestProof?: string | null
}
