/** What this subgraph holds of entities that others own: the key. */
export type Reference = { readonly id: string }
