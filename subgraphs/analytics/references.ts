/** The key of a product. Its other fields belong to the products subgraph. */
export type ProductReference = { readonly id: string }

/** The part of a stock level that a forecast requires. */
export type StockReference = { readonly id: string; readonly available: number; readonly incoming: number }

/** A reference to a variant: its key and, where a field requires it, its stock. */
export type VariantReference = {
  readonly id: string
  readonly stockLevels?: readonly (StockReference | null)[] | null
}
