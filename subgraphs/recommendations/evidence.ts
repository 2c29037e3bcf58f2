/**
 * Whether pairs of products tell more than chance. Where they do not, neighbours are pairs that chance made, and what sells predicts better.
 * Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57(1), 1995.
 */

/**
 * Shares of the pairs taken for more than chance that may be due to chance, with the least number of such pairs. Many weak ones tell as much as
 * a few strong ones: chance makes twenty of them in one shop of thirty.
 */
const EVIDENCE = [
  { share: 0.5, least: 20 },
  { share: 0.05, least: 1 },
] as const
/** Number of bought products from which the pairs are judged. Of fewer, a list of ten has most. */
export const LEAST_JUDGED = 50

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
 * Whether some of the scores are more than chance makes of as many pairs. Scores are roots of likelihood ratios: without a relation, they are
 * distributed as the upper half of the normal distribution. Pairs without a score count as well.
 */
export function tellMoreThanChance(scores: readonly number[], pairs: number): boolean {
  const highest = scores.toSorted((a, b) => b - a)
  return highest.some((score, place) =>
    EVIDENCE.some(
      ({ share, least }) => place + 1 >= least && upperTail(score) <= (share * (place + 1)) / pairs,
    ),
  )
}
