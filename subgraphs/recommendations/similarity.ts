/**
 * Item-to-item similarity. A trial is an order, a buyer or a session, and an event of it is that it has a product. Two
 * products go together if more trials have both than chance would explain.
 *
 * - The measure: T. Dunning, "Accurate methods for the statistics of surprise and coincidence", Computational
 *   Linguistics 19(1), 1993. It also holds for rare events, where χ² and the correlation of counts do not.
 * - Its use between products: G. Linden, B. Smith, J. York, "Amazon.com recommendations: item-to-item
 *   collaborative filtering", IEEE Internet Computing 7(1), 2003.
 * - The sample of trials per product: S. Schelter, C. Boden, V. Markl, "Scalable similarity-based neighborhood
 *   methods with MapReduce", RecSys 2012. The lists hardly change if a product's newest trials stand for all.
 */

/** A contingency table: weights of trials with both products, with one of them alone, and with neither. */
export type Together = {
  readonly both: number
  readonly firstOnly: number
  readonly secondOnly: number
  readonly neither: number
}

/** The weights of trials that are counted. The sum of decayed weights takes the place of a number of trials. */
export type Weights = {
  readonly both: number
  readonly first: number
  readonly second: number
  readonly all: number
}

/** Samples and rounding must not make a count negative. */
export function tableOf({ both, first, second, all }: Weights): Together {
  const firstOnly = Math.max(0, first - both)
  const secondOnly = Math.max(0, second - both)
  return { both, firstOnly, secondOnly, neither: Math.max(0, all - both - firstOnly - secondOnly) }
}

const xLogX = (x: number) => (x > 0 ? x * Math.log(x) : 0)
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + xLogX(value), 0)

/**
 * Dunning's −2 log λ: twice the difference between the log-likelihood of the table with a probability for each row,
 * and of the table with one for both rows. 0 for independent products; distributed as χ² with one degree of freedom for
 * products that are.
 */
export function logLikelihoodRatio({ both, firstOnly, secondOnly, neither }: Together): number {
  const cells = sumOf([both, firstOnly, secondOnly, neither])
  const rows = sumOf([both + firstOnly, secondOnly + neither])
  const columns = sumOf([both + secondOnly, firstOnly + neither])
  return Math.max(0, 2 * (cells - rows - columns + xLogX(both + firstOnly + secondOnly + neither)))
}

/**
 * The score of a pair: the root of its ratio, which is the number of standard deviations of χ² with one degree of
 * freedom. Roots of independent evidence can be added (Stouffer's method); ratios would let one pair decide. 0 for
 * products that avoid each other, about which the ratio alone says nothing.
 */
export function similarity(weights: Weights): number {
  const { both, first, second, all } = weights
  return both * all > first * second ? Math.sqrt(logLikelihoodRatio(tableOf(weights))) : 0
}

/** A product with a score. */
export type Scored = { readonly id: string; readonly score: number }

/** The best first; among equals the smaller id, so that a list does not depend on the order of its rows. */
export function best(scored: readonly Scored[], most: number): Scored[] {
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, most)
}
