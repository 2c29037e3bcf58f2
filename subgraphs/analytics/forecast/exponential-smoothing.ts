// Tested in models.test.ts: one test has the cases of all models.
// Source: Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing" (2008), 2.5 and table 6.2; Hyndman and Athanasopoulos,
// "Forecasting: principles and practice", 3rd edition, chapter 8.

import { type Model, spreads, within } from './model.ts'
import { minimise } from './nelder-mead.ts'

/** The form of an innovations state space model with additive errors: ETS(A,N,N) to ETS(A,Ad,A). */
type Form = { readonly trend: boolean; readonly isDamped: boolean; readonly season: boolean }

/** Smoothing parameters, and the states before the first value. */
type Smoothing = {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly phi: number
  readonly level: number
  readonly slope: number
}

type Run = {
  readonly level: number
  readonly slope: number
  /** The season of the next value first. */
  readonly season: readonly number[]
  readonly squares: number
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Seasonal states before the first value: mean deviations from the mean of each of the first seasons. */
function firstSeason(values: readonly number[], period: number): number[] {
  const seasons = Math.min(4, Math.floor(values.length / period))
  const sums = new Array<number>(period).fill(0)
  for (let season = 0; season < seasons; season++) {
    const own = values.slice(season * period, (season + 1) * period)
    const centre = mean(own)
    own.forEach((value, place) => {
      sums[place] = (sums[place] ?? 0) + (value - centre) / seasons
    })
  }
  return sums
}

/** Runs the model over the values. */
function run(values: readonly number[], first: readonly number[], parameters: Smoothing): Run {
  const { alpha, beta, gamma, phi } = parameters
  let { level, slope } = parameters
  const season = [...first]
  const period = season.length
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    const place = index % period
    const ahead = level + phi * slope
    const error = (values[index] ?? 0) - ahead - (season[place] ?? 0)
    squares += error * error
    level = ahead + alpha * error
    slope = phi * slope + beta * error
    season[place] = (season[place] ?? 0) + gamma * error
  }
  const next = values.length % period
  return { level, slope, season: [...season.slice(next), ...season.slice(0, next)], squares }
}

/** A vector of real numbers as parameters within their bounds: 0 < beta < alpha < 1, 0 < gamma < 1 - alpha, 0.8 < phi < 0.98. */
function parametersOf(raw: readonly number[], { trend, isDamped, season }: Form, scale: number): Smoothing {
  const [a = 0, level = 0, ...rest] = raw
  const alpha = within(0.0001, 0.9999, a)
  const [b = 0, slope = 0] = trend ? rest : []
  const others = trend ? rest.slice(2) : rest
  const g = season ? (others[0] ?? 0) : 0
  const d = isDamped ? (others[season ? 1 : 0] ?? 0) : 0
  return {
    alpha,
    beta: trend ? alpha * within(0.0001, 0.9999, b) : 0,
    gamma: season ? (1 - alpha) * within(0.0001, 0.9999, g) : 0,
    phi: isDamped ? within(0.8, 0.98, d) : 1,
    level: level * scale,
    slope: trend ? slope * scale : 0,
  }
}

function smoothing(name: string, form: Form): Model {
  return {
    name,
    fit(values, period) {
      if (form.season && (period < 2 || values.length < 2 * period + 3)) return null
      if (values.length < (form.trend ? 8 : 4)) return null
      const length = form.season ? period : 1
      const first = form.season ? firstSeason(values, period) : [0]
      const head = values.slice(0, Math.max(length, 4))
      const behind = values.slice(length, 2 * length + (length === 1 ? 3 : 0))
      const rise = form.trend ? (mean(behind) - mean(head)) / Math.max(length, 2) : 0
      const scale = deviationOf(values) || 1
      const level = (mean(head) - rise * (head.length / 2)) / scale
      const start = [-1, level, ...(form.trend ? [-2, rise / scale] : []), ...(form.season ? [-2] : [])]
      const cost = (raw: readonly number[]) => run(values, first, parametersOf(raw, form, scale)).squares
      const best = minimise(cost, form.isDamped ? [...start, 2] : start)
      const parameters = parametersOf(best, form, scale)
      const end = run(values, first, parameters)
      const freedom = Math.max(values.length - best.length - (form.season ? 2 : 0), 2)
      const sigma = Math.sqrt(end.squares / freedom)
      return (horizon) => ({
        mean: meansOf(end, parameters.phi, horizon),
        sd: spreads(sigma, weightsOf(parameters, length, horizon), horizon),
      })
    },
  }
}

function deviationOf(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
}

function meansOf({ level, slope, season }: Run, phi: number, horizon: number): number[] {
  let damping = 0
  return Array.from({ length: horizon }, (_, step) => {
    damping += phi ** (step + 1)
    return level + damping * slope + (season[step % season.length] ?? 0)
  })
}

/** The weights of past errors in a forecast: c(j) of table 6.2. */
function weightsOf({ alpha, beta, gamma, phi }: Smoothing, period: number, horizon: number): number[] {
  let damping = 0
  return Array.from({ length: horizon }, (_, index) => {
    damping += phi ** (index + 1)
    return alpha + beta * damping + ((index + 1) % period === 0 && period > 1 ? gamma : 0)
  })
}

/** Exponential smoothing: level; with a trend, damped or not; each with an additive season or without. */
export const exponentialSmoothing: readonly Model[] = [
  smoothing('ETS_LEVEL', { trend: false, isDamped: false, season: false }),
  smoothing('ETS_DAMPED_TREND', { trend: true, isDamped: true, season: false }),
  smoothing('ETS_SEASON', { trend: false, isDamped: false, season: true }),
  smoothing('HOLT_WINTERS', { trend: true, isDamped: false, season: true }),
  smoothing('HOLT_WINTERS_DAMPED', { trend: true, isDamped: true, season: true }),
]
