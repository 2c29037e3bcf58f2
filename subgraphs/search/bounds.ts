/** Maximum number of matches that are read and counted: the first ones of the index. */
export const MAX_SCANNED = 10_000
/** Maximum number of matches that are ranked by relevance and counted in facets: the best-selling ones. */
export const MAX_CANDIDATES = 1_000
