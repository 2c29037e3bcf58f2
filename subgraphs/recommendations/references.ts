/** References: their keys. */
export type ProductReference = { readonly id: string }

export type UserReference = { readonly id: string }
