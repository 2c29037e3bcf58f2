/** An interval of a difference of two shares. */
export type Difference = { readonly difference: number; readonly low: number; readonly high: number }

/** The quantile 0.975 of the standard normal distribution. */
const Z = 1.959963984540054

/** The score interval of one share (Wilson, JASA 22, 1927). */
function wilson(successes: number, trials: number): { readonly low: number; readonly high: number } {
  const share = successes / trials
  const centre = (successes + Z ** 2 / 2) / (trials + Z ** 2)
  const half = (Z / (trials + Z ** 2)) * Math.sqrt(trials * share * (1 - share) + Z ** 2 / 4)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

export type Sample = { readonly successes: number; readonly trials: number }

/**
 * The difference of two independent shares with its 95 % interval, by Newcombe's hybrid score method without continuity correction
 * (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10). It holds for small samples and for shares near 0, where the usual interval
 * does not. Null if a sample is empty.
 */
export function differenceOf(first: Sample, second: Sample): Difference | null {
  if (first.trials === 0 || second.trials === 0) return null
  const [one, two] = [first.successes / first.trials, second.successes / second.trials]
  const [a, b] = [wilson(first.successes, first.trials), wilson(second.successes, second.trials)]
  const difference = one - two
  return {
    difference,
    low: difference - Math.hypot(one - a.low, b.high - two),
    high: difference + Math.hypot(a.high - one, two - b.low),
  }
}
