/** What the router hands over of a cart: what `Cart.shippingOptions` requires of others, and the key. */
export type CartReference = {
  readonly id: string
  readonly currencyCode?: string
  readonly lines?: readonly CartLine[]
}

type CartLine = {
  readonly quantity: number
  readonly variant: { readonly weightGrams?: number | null } | null
}

/** The weight of a cart in grams; null when that of a line is not known. */
export function weightOf(lines: readonly CartLine[]): number | null {
  let grams = 0
  for (const { quantity, variant } of lines) {
    if (variant?.weightGrams == null) return null
    grams += quantity * variant.weightGrams
  }
  return grams
}
