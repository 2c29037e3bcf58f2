/** Matches that are looked at and counted, the first that the index gives. */
export const MOST_SCANNED = 10_000
/** Matches that are ranked by relevance and counted in facets, the best selling. */
export const MOST_CANDIDATES = 1_000
