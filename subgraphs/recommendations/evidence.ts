/**
 * Tests whether the similarities of products are significant. If they are not, the neighbours are chance
 * pairs, and best sellers predict better.
 * Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
 * Society B 57(1), 1995.
 */

/**
 * False discovery rates, each with the minimum number of significant pairs. Many weak pairs count as much as
 * a few strong ones: by chance, one shop of thirty has twenty of them.
 */
const EVIDENCE = [
  { share: 0.5, least: 20 },
  { share: 0.05, least: 1 },
] as const
/** Minimum number of bought products for the test. With fewer, a list of ten contains most of them anyway. */
export const MIN_JUDGED = 50

/** Upper tail of the standard normal distribution, with a relative error below 1.2e-7: Press et al., "Numerical Recipes", 6.2. */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ]
  const tail = (t * Math.exp(-x * x + terms.reduceRight((sum, term) => term + t * sum, 0))) / 2
  return z >= 0 ? tail : 1 - tail
}

/**
 * Tests whether some of the scores are significant among this number of pairs. Scores are roots of likelihood
 * ratios: for independent products, they have a half-normal distribution. Pairs without a score are included
 * in the number.
 */
export function areSignificant(scores: readonly number[], pairs: number): boolean {
  const highest = scores.toSorted((a, b) => b - a)
  return highest.some((score, place) =>
    EVIDENCE.some(
      ({ share, least }) => place + 1 >= least && upperTail(score) <= (share * (place + 1)) / pairs,
    ),
  )
}
