import { badUserInput } from '@argyle/kit/errors'
import type { Bucket } from '../report/range.ts'

/** The unit of a series, with the bounds of history and horizon. */
export type Unit = {
  readonly bucket: Exclude<Bucket, 'HOUR'>
  /** Number of the newest buckets that a forecast is made from. */
  readonly mostHistory: number
  readonly mostAhead: number
  /** Number of buckets of a season, and the number of seasons from which on there is one. */
  readonly season: number
  readonly leastSeasons: number
}

const UNITS: Readonly<Record<Unit['bucket'], Unit>> = {
  DAY: { bucket: 'DAY', mostHistory: 400, mostAhead: 90, season: 7, leastSeasons: 3 },
  WEEK: { bucket: 'WEEK', mostHistory: 156, mostAhead: 26, season: 52, leastSeasons: 2.5 },
  MONTH: { bucket: 'MONTH', mostHistory: 84, mostAhead: 12, season: 12, leastSeasons: 2.5 },
}

/**
 * The unit of a bucket.
 * @throws GraphQLError BAD_USER_INPUT for hours, for which there are no forecasts
 */
export function unitOf(bucket: Bucket): Unit {
  if (bucket === 'HOUR') throw badUserInput(`bucket is HOUR: allowed are ${Object.keys(UNITS).join(', ')}`)
  return UNITS[bucket]
}

/** @throws GraphQLError BAD_USER_INPUT for a horizon out of bounds */
export function readHorizon(horizon: number, { bucket, mostAhead }: Unit): number {
  if (horizon < 1 || horizon > mostAhead)
    throw badUserInput(`horizon is ${horizon}: allowed is 1 to ${mostAhead} buckets of a ${bucket}`)
  return horizon
}

/** Number of buckets of a season for this many values; 1 if they are too few for a season. */
export function periodOf(count: number, { season, leastSeasons }: Unit): number {
  return count >= season * leastSeasons ? season : 1
}
