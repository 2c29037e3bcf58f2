/** Keys of entities that other subgraphs own. */
export type UserReference = { readonly id: string }
