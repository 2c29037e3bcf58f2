/** After so many days a unit sold counts half. */
export const HALF_LIFE_DAYS = 60
/** Orders older than this count no more: less than a hundredth of a new one. */
export const REMEMBERED_DAYS = 400

const DAY_MS = 86_400_000
/** Weights grow from here on. 2^(days / 60) stays far below the largest double for centuries. */
const ORIGIN_MS = Date.UTC(2026, 0, 1)

/**
 * The weight of a unit sold at a moment. It grows with time instead of making old sums fall (forward decay: Cormode et al.,
 * "Forward decay: a practical time decay model for streaming systems", 2009): a sum, once written, stays right.
 */
export function weightAt(moment: Date): number {
  return 2 ** ((moment.getTime() - ORIGIN_MS) / DAY_MS / HALF_LIFE_DAYS)
}

export function isRemembered(moment: Date, now: Date): boolean {
  return now.getTime() - moment.getTime() < REMEMBERED_DAYS * DAY_MS
}
