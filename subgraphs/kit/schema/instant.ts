/** The range of instants in the graph: the years of RFC 3339 that PostgreSQL can store, in UTC. */
export const FIRST_INSTANT = '0001-01-01T00:00:00.000Z'
export const LAST_INSTANT = '9999-12-31T23:59:59.999Z'

const FIRST_MS = Date.parse(FIRST_INSTANT)
const LAST_MS = Date.parse(LAST_INSTANT)

/** RFC 3339, section 5.6, `date-time`: `T` and `Z` may be lower case (its note on case). */
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/** The text after "allowed is" in messages about a bad instant. */
export const ALLOWED_INSTANT = `an RFC 3339 date-time of an existing day, e.g. 2026-11-21T09:30:00Z, from ${FIRST_INSTANT} to ${LAST_INSTANT}`

/** Whether the instant is in the range of the graph. */
export function isKnownInstant(instant: Date): boolean {
  const ms = instant.getTime()
  return ms >= FIRST_MS && ms <= LAST_MS
}

/**
 * Parses an RFC 3339 date-time. Digits below the millisecond are dropped. Days that do not exist (section
 * 5.7), hour 24, leap seconds (JavaScript and PostgreSQL have none) and instants out of range are refused.
 * @returns null for any other text.
 */
export function parseInstant(text: string): Date | null {
  const match = DATE_TIME.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const [fraction = '', sign, offsetHour = 0, offsetMinute = 0] = match.slice(7)
  if (hour > 23 || minute > 59 || second > 59 || Number(offsetHour) > 23 || Number(offsetMinute) > 59)
    return null
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  const local = new Date(0)
  local.setUTCFullYear(year, month - 1, day)
  local.setUTCHours(hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)))
  // A day that the month does not have is in another month.
  if (local.getUTCMonth() !== month - 1) return null
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
  const instant = new Date(local.getTime() - (sign === '-' ? -offset : offset))
  return isKnownInstant(instant) ? instant : null
}

/**
 * Formats an instant in UTC, to the millisecond.
 * @throws RangeError for an instant that RFC 3339 cannot write.
 */
export function formatInstant(instant: Date): string {
  if (isKnownInstant(instant)) return instant.toISOString()
  throw new RangeError(`an instant out of range: ${instant.getTime()} ms since the epoch`)
}

/**
 * Whether the text is an instant in the exact form of `formatInstant`, e.g. in a cursor, which clients can
 * forge.
 */
export function isFormattedInstant(text: unknown): text is string {
  return typeof text === 'string' && parseInstant(text)?.toISOString() === text
}
