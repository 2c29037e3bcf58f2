/** A forecast of a model: means and standard deviations of the errors, one for each step ahead. */
export type Outlook = { readonly mean: readonly number[]; readonly sd: readonly number[] }

/** A kind of model. `fit` returns null where the values are too few for it. */
export type Model = {
  readonly name: string
  /** @param period number of values of a season; 1 for none. */
  fit(values: readonly number[], period: number): ((horizon: number) => Outlook) | null
}

/** The logistic function: any number as one between `low` and `high`. */
export function within(low: number, high: number, raw: number): number {
  return low + (high - low) / (1 + Math.exp(-raw))
}

/** Standard deviations of the errors from those of one step and the weights of past errors: Box and Jenkins, "Time Series Analysis", 5.1. */
export function spreads(sigma: number, weights: readonly number[], horizon: number): number[] {
  let sum = 1
  return Array.from({ length: horizon }, (_, step) => {
    if (step > 0) sum += (weights[step - 1] ?? 0) ** 2
    return sigma * Math.sqrt(sum)
  })
}
