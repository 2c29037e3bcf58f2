/** What this subgraph holds of entities that others own: the key. */
export type UserReference = { readonly id: string }

export type OrderReference = { readonly id: string }
