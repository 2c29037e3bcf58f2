/** What this subgraph holds of entities that others own: the key, and what it provides beside it. */
export type ProductReference = { readonly id: string }

export type UserReference = { readonly id: string; readonly displayName: string | null }
