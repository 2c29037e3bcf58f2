/** A product as far as the index knows it: the key, and what it provides beside it. */
export type ProductReference = { readonly id: string; readonly title: string; readonly slug: string }

export type CategoryReference = { readonly id: string }
