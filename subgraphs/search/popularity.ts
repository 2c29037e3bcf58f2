/** Half-life of a sold unit, in days. */
export const HALF_LIFE_DAYS = 60
/** Age in days from which orders no longer count. Their weight is below a hundredth of a new one's. */
export const REMEMBERED_DAYS = 400

const DAY_MS = 86_400_000
/** Origin of weights. 2^(days / 60) stays far below the largest double for centuries. */
const ORIGIN_MS = Date.UTC(2026, 0, 1)

/**
 * The weight of a unit sold at this time. Newer units get greater weights instead of old sums being reduced
 * (forward decay: Cormode et al., "Forward decay: a practical time decay model for streaming systems", 2009),
 * so stored sums stay correct.
 */
export function weightAt(moment: Date): number {
  return 2 ** ((moment.getTime() - ORIGIN_MS) / DAY_MS / HALF_LIFE_DAYS)
}

export function isRemembered(moment: Date, now: Date): boolean {
  return now.getTime() - moment.getTime() < REMEMBERED_DAYS * DAY_MS
}
