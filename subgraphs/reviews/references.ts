/** Entities of other subgraphs as this subgraph holds them: the key, and the fields that it provides. */
export type ProductReference = { readonly id: string }

export type UserReference = { readonly id: string; readonly displayName: string | null }
