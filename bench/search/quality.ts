/** A list of results is as good as its first so many. */
const DEPTH = 10

/**
 * Normalised discounted cumulative gain of the first 10 results, with a gain of 1 for a relevant one (Järvelin and Kekäläinen, "Cumulated
 * gain-based evaluation of IR techniques", 2002). 1 when as many relevant results as there can be stand first; NaN where nothing is relevant.
 */
export function ndcg(found: readonly string[], relevant: ReadonlySet<string>): number {
  const gain = (hits: readonly boolean[]) =>
    hits.reduce((sum, isHit, place) => sum + (isHit ? 1 / Math.log2(place + 2) : 0), 0)
  const ideal = Array.from({ length: Math.min(DEPTH, relevant.size) }, () => true)
  return gain(found.slice(0, DEPTH).map((id) => relevant.has(id))) / gain(ideal)
}

/** The share of the relevant things that were found at all. NaN where nothing is relevant. */
export function recall(found: readonly string[], relevant: ReadonlySet<string>): number {
  return found.filter((id) => relevant.has(id)).length / relevant.size
}
