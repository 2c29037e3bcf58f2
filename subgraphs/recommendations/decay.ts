const DAY_MS = 86_400_000
/** Origin of weights. 2^(days / 14) stays below the largest double for 39 years. */
const ORIGIN_MS = Date.UTC(2026, 0, 1)

/** Half-lives of evidence, in days. */
export const HALF_LIFE_DAYS = {
  /** Purchases of one order or buyer: tastes change slowly. */
  PURCHASE: 180,
  /** Views in one session. */
  VIEW: 14,
  /** Purchases in the popularity of a product, as in search. */
  POPULARITY: 60,
} as const

/** Age in days from which purchases and views are deleted. */
export const KEPT_DAYS = { PURCHASE: 400, VIEW: 30 } as const

/**
 * The weight of an event at this time. Newer events get greater weights instead of old ones being reduced, so
 * that a stored sum stays correct as time passes (forward decay: Cormode et al., "Forward decay: a practical
 * time decay model for streaming systems", ICDE 2009). `sum / weightAt(now)` is the sum in units of an event of now.
 */
export function weightAt(moment: Date, halfLifeDays: number): number {
  return 2 ** ((moment.getTime() - ORIGIN_MS) / DAY_MS / halfLifeDays)
}

/** `weightAt` as SQL. @param at a SQL expression of type timestamptz */
export function weightSql(at: string, halfLifeDays: number): string {
  const seconds = `(extract(epoch FROM ${at})::float8 - ${ORIGIN_MS / 1_000})`
  return `power(2::float8, ${seconds} / ${(DAY_MS / 1_000) * halfLifeDays})`
}

export function isKept(moment: Date, now: Date): boolean {
  return now.getTime() - moment.getTime() < KEPT_DAYS.PURCHASE * DAY_MS
}
