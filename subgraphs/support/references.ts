/** Keys of entities that other subgraphs own. */
export type Reference = { readonly id: string }
