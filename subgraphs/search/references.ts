/** A reference to a product: its key and the provided fields. */
export type ProductReference = { readonly id: string; readonly title: string; readonly slug: string }

export type CategoryReference = { readonly id: string }
