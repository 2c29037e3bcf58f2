import { createHash } from 'node:crypto'
import { rateLimited } from '@argyle/kit/errors'
import { LRUCache } from 'lru-cache'
import { ALL_MODELS, chooseForecast, type Forecast, QUICK_MODELS } from './choose.ts'

/** Number of forecasts that are kept: one for each series, which changes once a day. */
const MAX_KEPT = 2_000

/** Number of forecasts that wait for others to be computed: two pages of variants. */
export const MAX_WAITING = 200

type Kind = 'THOROUGH' | 'QUICK'

/**
 * Creates a forecast of values, or returns the cached one of the same values.
 * @throws GraphQLError RATE_LIMITED if 200 others wait
 */
export type Forecasts = (
  values: readonly number[],
  task: { readonly period: number; readonly horizon: number; readonly kind: Kind },
) => Promise<Forecast | null>

/**
 * Forecasts of one process. They are computed one after another, in slices of a few milliseconds, so that other requests go on meanwhile; and
 * once for the same values.
 */
export function forecasts(choose = chooseForecast): Forecasts {
  const kept = new LRUCache<string, Promise<Forecast | null>>({ max: MAX_KEPT })
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  return async (values, { period, horizon, kind }) => {
    const key = createHash('sha256')
      .update(JSON.stringify([kind, period, horizon, values]))
      .digest('base64url')
    const known = kept.get(key)
    if (known) return known
    if (waiting >= MAX_WAITING) throw rateLimited(1)
    waiting++
    const models = kind === 'QUICK' ? QUICK_MODELS : ALL_MODELS
    const made = last.then(() => choose(values, { period, horizon, models }))
    last = made
      .catch(() => kept.delete(key))
      .finally(() => {
        waiting--
      })
    kept.set(key, made)
    return made
  }
}
