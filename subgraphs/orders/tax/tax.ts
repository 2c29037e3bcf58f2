/** The tax category of shipping and of products that are assigned to no other. */
export const STANDARD = 'STANDARD'
export const SHIPPING = 'SHIPPING'

export type TaxRate = {
  readonly countryCode: string
  /** Region code in capitals; '' for the whole country. */
  readonly region: string
  readonly category: string
  /** Parts per million: 8.875 % is 88750. */
  readonly ppm: number
}

/** The tax rules of a country. Null instead of rules: the shop raises no tax there. */
export type TaxRules = { readonly pricesIncludeTax: boolean; readonly rates: readonly TaxRate[] }

/** The tax on one amount. One of the two fields is zero: the price includes its tax, or the tax is added. */
export type Tax = { readonly ppm: number; readonly onTopMinor: bigint; readonly includedMinor: bigint }

const WHOLE = 1_000_000n

/** Normalises regions and categories: capitals, without surrounding spaces. */
export function normalRegion(region: string | null | undefined): string {
  return (region ?? '').trim().toUpperCase()
}

/**
 * The rate for a category in a region, in parts per million. The category's own rate takes precedence over
 * STANDARD, and the region's over the country's. A rate is the complete rate; a region's is not added to its
 * country's. Without any row it is 0.
 */
export function rateFor(rules: TaxRules, region: string | null, category: string): number {
  const place = normalRegion(region)
  const find = (wanted: string, at: string) =>
    rules.rates.find((rate) => rate.category === wanted && rate.region === at)
  const found = find(category, place) ?? find(category, '') ?? find(STANDARD, place) ?? find(STANDARD, '')
  return found?.ppm ?? 0
}

/** Quotient of two non-negative integers, rounded half up. */
function rounded(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor)
}

/** The tax on an amount in minor units, rounded half up to the minor unit. @param amountMinor non-negative */
export function taxOf(amountMinor: bigint, ppm: number, pricesIncludeTax: boolean): Tax {
  const rate = BigInt(ppm)
  if (!pricesIncludeTax) return { ppm, onTopMinor: rounded(amountMinor * rate, WHOLE), includedMinor: 0n }
  return { ppm, onTopMinor: 0n, includedMinor: rounded(amountMinor * rate, WHOLE + rate) }
}

export const NO_TAX: Tax = { ppm: 0, onTopMinor: 0n, includedMinor: 0n }
