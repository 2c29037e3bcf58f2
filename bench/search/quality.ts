/** Number of first results that are judged. */
const DEPTH = 10

/**
 * Normalised discounted cumulative gain of the first 10 results, with a gain of 1 for a relevant one
 * (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002). It is 1 if the list
 * begins with as many relevant results as possible; NaN if nothing is relevant.
 */
export function ndcg(found: readonly string[], relevant: ReadonlySet<string>): number {
  const gain = (hits: readonly boolean[]) =>
    hits.reduce((sum, isHit, place) => sum + (isHit ? 1 / Math.log2(place + 2) : 0), 0)
  const ideal = Array.from({ length: Math.min(DEPTH, relevant.size) }, () => true)
  return gain(found.slice(0, DEPTH).map((id) => relevant.has(id))) / gain(ideal)
}

/** The share of the relevant results that were found. NaN if nothing is relevant. */
export function recall(found: readonly string[], relevant: ReadonlySet<string>): number {
  return found.filter((id) => relevant.has(id)).length / relevant.size
}
