/** The key of a product. Its other fields belong to the products subgraph. */
export type ProductReference = { readonly id: string }
