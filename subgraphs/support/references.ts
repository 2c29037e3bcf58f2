/** Keys of entities that other subgraphs own. */
export type Reference = { readonly id: string }

/** A reference to an order, with the proof of its guest's secret if the caller has shown it. */
export type OrderReference = Reference & { readonly guestProof?: string | null }
