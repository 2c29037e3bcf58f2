/** A user, of whom notifications knows no more than the id. */
export type UserReference = { readonly id: string }
