/** The category of products that are assigned to no other, and the one of shipping itself. */
export const STANDARD = 'STANDARD'
export const SHIPPING = 'SHIPPING'

export type TaxRate = {
  readonly countryCode: string
  /** In capitals; '' for the whole country. */
  readonly region: string
  readonly category: string
  /** Parts per million: 8.875 % is 88750. */
  readonly ppm: number
}

/** What holds in a country. Null instead: the shop raises no tax there. */
export type TaxRules = { readonly pricesIncludeTax: boolean; readonly rates: readonly TaxRate[] }

/** The tax of one amount. One of the two is zero: a price holds its tax, or it comes on top. */
export type Tax = { readonly ppm: number; readonly onTopMinor: bigint; readonly includedMinor: bigint }

const WHOLE = 1_000_000n

/** Regions and categories are compared in capitals, without the spaces that a paste brings along. */
export function normalRegion(region: string | null | undefined): string {
  return (region ?? '').trim().toUpperCase()
}

/**
 * The rate for a category in a region, in parts per million: the category's own before STANDARD, and of either the region's
 * before the country's. A rate is the whole rate, a region's not on top of its country's. No row at all: 0.
 */
export function rateFor(rules: TaxRules, region: string | null, category: string): number {
  const place = normalRegion(region)
  const find = (wanted: string, at: string) =>
    rules.rates.find((rate) => rate.category === wanted && rate.region === at)
  const found = find(category, place) ?? find(category, '') ?? find(STANDARD, place) ?? find(STANDARD, '')
  return found?.ppm ?? 0
}

/** A quotient of whole numbers that are not negative, rounded half up. */
function rounded(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor)
}

/** The tax of an amount in minor units, rounded half up to the minor unit. @param amountMinor not negative. */
export function taxOf(amountMinor: bigint, ppm: number, pricesIncludeTax: boolean): Tax {
  const rate = BigInt(ppm)
  if (!pricesIncludeTax) return { ppm, onTopMinor: rounded(amountMinor * rate, WHOLE), includedMinor: 0n }
  return { ppm, onTopMinor: 0n, includedMinor: rounded(amountMinor * rate, WHOLE + rate) }
}

export const NO_TAX: Tax = { ppm: 0, onTopMinor: 0n, includedMinor: 0n }
