/** Keys of entities that other subgraphs own. */
export type UserReference = { readonly id: string }

/** `guestProof`: the proof that the caller has shown the secret of a guest's order; null without it. */
export type OrderReference = { readonly id: string; readonly guestProof?: string | null }
