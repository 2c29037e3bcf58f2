import { allocate, type Currency, type Money, money, sum } from '@argyle/kit/money'
import type { PricedLine, Pricing } from '../cart/pricing.ts'
import { NO_TAX, rateFor, SHIPPING, type Tax, type TaxRules, taxOf } from '../tax/tax.ts'

/** A line of a cart with its share of the discount and the tax on the rest. */
export type TotalledLine = { readonly line: PricedLine; readonly discount: Money; readonly tax: Tax }

/** The totals of an order of a cart for a destination. */
export type Totals = {
  readonly lines: readonly TotalledLine[]
  readonly subtotal: Money
  readonly discount: Money
  readonly shipping: Money
  readonly shippingTax: Tax
  /** Tax added to prices, the shipping price included. */
  readonly tax: Money
  /** Tax contained in prices, the shipping price included. */
  readonly includedTax: Money
  readonly pricesIncludeTax: boolean
  /** subtotal − discount + shipping + tax. */
  readonly total: Money
}

/** The destination, as far as tax depends on it. `rules` is null where the shop raises no tax. */
export type TaxPlace = { readonly region: string | null; readonly rules: TaxRules | null }

const addUp = (taxes: readonly Tax[], part: 'onTopMinor' | 'includedMinor', currency: Currency) =>
  money(
    taxes.reduce((total, tax) => total + tax[part], 0n),
    currency,
  )

/**
 * Calculates the totals of a priced cart for a destination. Tax is calculated and rounded per line, and for
 * shipping, on the price after its share of the discount. Totals are sums of rounded amounts.
 * @param shipping null until an option is chosen
 */
export function totalsOf(pricing: Pricing, place: TaxPlace, shipping: Money | null): Totals {
  const { currency } = pricing.subtotal
  const { region, rules } = place
  const discount = sum(
    pricing.discounts.map(({ amount }) => amount),
    currency,
  )
  const taxed = (amount: bigint, category: string): Tax =>
    rules ? taxOf(amount, rateFor(rules, region, category), rules.pricesIncludeTax) : NO_TAX
  const shares = allocate(
    discount,
    pricing.lines.map(({ lineTotal }) => lineTotal.minor),
  )
  const lines = pricing.lines.map((line, index): TotalledLine => {
    const share = shares[index] ?? money(0n, currency)
    const tax = taxed(line.lineTotal.minor - share.minor, line.offer.taxCategory)
    return { line, discount: share, tax }
  })
  const carriage = shipping ?? money(0n, currency)
  const shippingTax = taxed(carriage.minor, SHIPPING)
  const taxes = [...lines.map(({ tax }) => tax), shippingTax]
  const tax = addUp(taxes, 'onTopMinor', currency)
  return {
    lines,
    subtotal: pricing.subtotal,
    discount,
    shipping: carriage,
    shippingTax,
    tax,
    includedTax: addUp(taxes, 'includedMinor', currency),
    pricesIncludeTax: rules?.pricesIncludeTax ?? true,
    total: money(pricing.subtotal.minor - discount.minor + carriage.minor + tax.minor, currency),
  }
}

/** Total weight of the lines; null if the weight of one is unknown. */
export function gramsOf(lines: readonly Pick<PricedLine, 'quantity' | 'offer'>[]): number | null {
  return lines.reduce<number | null>((total, { quantity, offer }) => {
    return total === null || offer.weightGrams === null ? null : total + quantity * offer.weightGrams
  }, 0)
}
