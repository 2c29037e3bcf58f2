/** The reference to a cart with the fields that `Cart.shippingOptions` requires. */
export type CartReference = {
  readonly id: string
  readonly currencyCode?: string
  readonly lines?: readonly CartLine[]
}

type CartLine = {
  readonly quantity: number
  readonly variant: { readonly weightGrams?: number | null } | null
}

/** The weight of a cart in grams; null if the weight of a line is unknown. */
export function weightOf(lines: readonly CartLine[]): number | null {
  let grams = 0
  for (const { quantity, variant } of lines) {
    if (variant?.weightGrams == null) return null
    grams += quantity * variant.weightGrams
  }
  return grams
}
