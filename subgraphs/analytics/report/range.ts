import { badUserInput } from '@argyle/kit/errors'

export type Bucket = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'

/** A range of time with the length of its buckets. `to` is not part of it. */
export type ReportRange = { readonly from: Date; readonly to: Date; readonly bucket: Bucket }

/** Maximum number of buckets of a report: 33 days of hours, two years of days. */
export const MAX_BUCKETS = 800

const HOUR_MS = 3_600_000
/** Length of the longest bucket of each kind. */
const MAX_MS: Record<Bucket, number> = {
  HOUR: HOUR_MS,
  DAY: 25 * HOUR_MS,
  WEEK: (7 * 24 + 1) * HOUR_MS,
  MONTH: (31 * 24 + 1) * HOUR_MS,
}

/** The first instant of a report: PostgreSQL and JavaScript agree on time zones from here on. */
const EARLIEST = new Date('1970-01-01T00:00:00.000Z')
const LATEST = new Date('2200-01-01T00:00:00.000Z')

/**
 * Reads the range of a report.
 * @throws GraphQLError BAD_USER_INPUT for an empty range, one out of bounds, and one of more than 800 buckets
 */
export function readRange(from: Date, to: Date, bucket: Bucket): ReportRange {
  for (const [name, at] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (at < EARLIEST || at > LATEST)
      throw badUserInput(
        `${name} is ${at.toISOString()}: allowed is ${EARLIEST.toISOString()} to ${LATEST.toISOString()}`,
      )
  if (to <= from)
    throw badUserInput(`to is ${to.toISOString()}: allowed is an instant after from, ${from.toISOString()}`)
  // A lower bound. The exact number is known once the buckets are listed.
  const fewest = Math.floor((to.getTime() - from.getTime()) / MAX_MS[bucket])
  if (fewest > MAX_BUCKETS) throw tooManyBuckets({ from, to, bucket })
  return { from, to, bucket }
}

export function tooManyBuckets({ from, to, bucket }: ReportRange) {
  return badUserInput(
    `from ${from.toISOString()} to ${to.toISOString()} has more than ${MAX_BUCKETS} buckets of a ${bucket}: allowed are 1 to ${MAX_BUCKETS}, so choose a shorter range or a longer bucket`,
  )
}

/** The range of the same length before. */
export function rangeBefore({ from, to, bucket }: ReportRange): ReportRange {
  return { from: new Date(from.getTime() - (to.getTime() - from.getTime())), to: from, bucket }
}
