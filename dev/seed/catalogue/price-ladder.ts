/** Minor units by currency: cents, cents, whole yen. */
export type Prices = { readonly USD: number; readonly EUR: number; readonly JPY: number }
export const SEED_CURRENCIES = ['USD', 'EUR', 'JPY'] as const
export type SeedCurrency = (typeof SEED_CURRENCIES)[number]

/**
 * A rung is one price in every currency, chosen and not converted: dollars and euros end in 90, 50 or 99, yen
 * in 80 or 00. A higher rung is more expensive in every currency.
 */
const LADDER: readonly (readonly [usd: number, eur: number, jpy: number])[] = [
  [599, 590, 880],
  [799, 790, 1_180],
  [999, 950, 1_480],
  [1_199, 1_150, 1_680],
  [1_399, 1_290, 1_980],
  [1_599, 1_490, 2_280],
  [1_799, 1_690, 2_580],
  [1_999, 1_890, 2_880],
  [2_299, 2_190, 3_300],
  [2_699, 2_490, 3_800],
  [2_999, 2_790, 4_280],
  [3_499, 3_290, 4_980],
  [3_999, 3_690, 5_680],
  [4_499, 4_190, 6_400],
  [4_999, 4_690, 7_200],
  [5_499, 5_190, 7_900],
]

export function pricesAt(rung: number): Prices {
  const prices = LADDER[rung]
  if (!prices) throw new Error(`The price ladder has rungs 0 to ${LADDER.length - 1}, not ${rung}.`)
  return { USD: prices[0], EUR: prices[1], JPY: prices[2] }
}
