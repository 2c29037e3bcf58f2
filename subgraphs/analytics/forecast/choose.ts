// Source: Hyndman and Athanasopoulos, "Forecasting: principles and practice", 3rd edition: 5.6 (transformations), 5.8 (MASE), 5.10 (rolling
// origins), 13.4 (combinations).

import { setImmediate as turn } from 'node:timers/promises'
import { arimaModels } from './arima.ts'
import { exponentialSmoothing } from './exponential-smoothing.ts'
import type { Model, Outlook } from './model.ts'
import { seasonalNaive } from './seasonal-naive.ts'

/** A value with the interval that holds 95 % of outcomes if the model is right. */
export type Expected = { readonly value: number; readonly low: number; readonly high: number }

/** A forecast by the models that did best in a backtest. */
export type Forecast = {
  readonly expected: readonly Expected[]
  /** The chosen models, the best first. */
  readonly models: readonly string[]
  /** Mean absolute error of the best model in the backtest, over that of the seasonal naive forecast within the values. */
  readonly mase: number
}

/** Number of models whose mean is the forecast. */
const COMBINED = 3
/** Number of origins of a backtest. */
const ORIGINS = 5
/** Two-sided quantile of the standard normal distribution. */
const Z_95 = 1.959964

/** A transformation of values before a model is fitted. */
type Scale = {
  readonly name: string
  readonly to: (value: number) => number
  readonly from: (value: number) => number
}

const PLAIN: Scale = { name: '', to: (value) => value, from: (value) => value }
const LOGARITHM: Scale = { name: 'LOG_', to: Math.log, from: Math.exp }
/** For counts with a few zeros. */
const LOGARITHM_OF_COUNTS: Scale = { name: 'LOG1P_', to: Math.log1p, from: Math.expm1 }
/** Greatest share of zeros of such counts: sales that are rare have no logarithmic course. */
const MAX_ZEROS = 0.2

type Candidate = { readonly name: string; readonly model: Model; readonly scale: Scale }

/** All models, for series that are requested one by one. */
export const ALL_MODELS: readonly Model[] = [...exponentialSmoothing, ...arimaModels]
/** The fastest models, for up to a hundred series of one operation. They suit few and irregular values. */
export const QUICK_MODELS: readonly Model[] = exponentialSmoothing.filter(
  ({ name }) => name === 'ETS_LEVEL' || name === 'ETS_SEASON',
)

function scalesFor(values: readonly number[]): Scale[] {
  if (values.every((value) => value > 0)) return [PLAIN, LOGARITHM]
  const zeros = values.filter((value) => value === 0).length
  const areCounts = values.every((value) => value >= 0) && zeros <= MAX_ZEROS * values.length
  return areCounts ? [PLAIN, LOGARITHM_OF_COUNTS] : [PLAIN]
}

/** The candidates for values: where nearly all values are positive, also models of their logarithms. */
function candidatesFor(values: readonly number[], models: readonly Model[]): Candidate[] {
  const scales = models === ALL_MODELS ? scalesFor(values) : [PLAIN]
  const of = (scale: Scale) => (model: Model) => ({ name: scale.name + model.name, model, scale })
  return [of(PLAIN)(seasonalNaive), ...scales.flatMap((scale) => models.map(of(scale)))]
}

function outlookOf(
  { model, scale }: Candidate,
  values: readonly number[],
  period: number,
  horizon: number,
): Outlook | null {
  const outlook = model.fit(values.map(scale.to), period)?.(horizon)
  const isUsable = outlook?.mean.every(Number.isFinite) && outlook.sd.every(Number.isFinite)
  return outlook && isUsable ? outlook : null
}

/** Mean absolute difference of values one season apart: the unit of MASE. */
export function seasonalScale(values: readonly number[], period: number): number {
  const errors = values.slice(period).map((value, index) => Math.abs(value - (values[index] ?? value)))
  return errors.reduce((sum, error) => sum + error, 0) / Math.max(errors.length, 1)
}

function meanError(expected: readonly number[], actual: readonly number[]): number {
  return actual.reduce((sum, value, step) => sum + Math.abs(value - (expected[step] ?? 0)), 0) / actual.length
}

/** The least number of values that are known at an origin. */
const leastKnown = (count: number, period: number) => Math.max(2 * period + 4, Math.floor(count / 2), 8)

/** The origins of a backtest: numbers of values that are known, the latest first. */
function originsOf(count: number, horizon: number, period: number): number[] {
  const step = Math.max(1, Math.floor(horizon / 2))
  const least = leastKnown(count, period)
  return Array.from({ length: ORIGINS }, (_, index) => count - horizon - index * step).filter(
    (origin) => origin >= least,
  )
}

/** The result of a backtest. */
type Tried = {
  /** The mean absolute error. */
  readonly error: number
  /**
   * The root mean square of the errors, in the standard deviations that the model gave them. It is above 1 if
   * the model's intervals are too narrow.
   */
  readonly surprise: number
}

/** Tries a candidate at the origins; null where it cannot be fitted to one of them. */
async function backtest(
  candidate: Candidate,
  values: readonly number[],
  period: number,
  horizon: number,
): Promise<Tried | null> {
  const origins = originsOf(values.length, horizon, period)
  let sum = 0
  const squares: number[] = []
  for (const origin of origins) {
    // Yields to other work of the process between two fits.
    await turn()
    const outlook = outlookOf(candidate, values.slice(0, origin), period, horizon)
    if (!outlook) return null
    const actual = values.slice(origin, origin + horizon)
    sum += meanError(outlook.mean.map(candidate.scale.from), actual)
    for (const [step, value] of actual.entries()) {
      const [mean = 0, sd = 0] = [outlook.mean[step], outlook.sd[step]]
      if (sd > 0) squares.push(((candidate.scale.to(value) - mean) / sd) ** 2)
    }
  }
  if (origins.length === 0) return null
  const surprise = Math.sqrt(squares.reduce((all, square) => all + square, 0) / Math.max(squares.length, 1))
  return { error: sum / origins.length, surprise }
}

/** Factor by which intervals are widened at most. */
const WIDEST = 5

/** An outlook whose intervals are as wide as the errors of the backtest were. */
function widened({ mean, sd }: Outlook, surprise: number): Outlook {
  const factor = Math.min(Math.max(1, surprise), WIDEST)
  return { mean, sd: sd.map((one) => one * factor) }
}

export type Task = {
  /** Number of values of a season; 1 for none. */
  readonly period: number
  readonly horizon: number
  readonly models?: readonly Model[]
}

/** A forecast by the mean of the models that did best in a backtest; null where the values are too few for one. */
export async function chooseForecast(
  values: readonly number[],
  { period, horizon, models = ALL_MODELS }: Task,
): Promise<Forecast | null> {
  const tested: ({ candidate: Candidate } & Tried)[] = []
  const whole = Math.min(horizon, Math.max(period, 4))
  // A season of values may leave few of them to test, so the backtest has fewer steps rather than no
  // forecast.
  const span = period > 1 ? Math.min(whole, values.length - leastKnown(values.length, period)) : whole
  if (span < 1) return null
  for (const candidate of candidatesFor(values, models)) {
    const tried = await backtest(candidate, values, period, span)
    if (tried !== null) tested.push({ candidate, ...tried })
  }
  const ranked = tested.toSorted((a, b) => a.error - b.error).slice(0, COMBINED)
  const outlooks: { outlook: Outlook; candidate: Candidate }[] = []
  for (const { candidate, surprise } of ranked) {
    await turn()
    const outlook = outlookOf(candidate, values, period, horizon)
    if (outlook) outlooks.push({ outlook: widened(outlook, surprise), candidate })
  }
  const [best] = ranked
  if (!best || outlooks.length === 0) return null
  const meanOf = (read: (outlook: Outlook, scale: Scale) => number) =>
    outlooks.reduce((sum, { outlook, candidate }) => sum + read(outlook, candidate.scale), 0) /
    outlooks.length
  const at = (step: number, z: number) =>
    meanOf(({ mean, sd }, { from }) => from((mean[step] ?? 0) + z * (sd[step] ?? 0)))
  return {
    expected: Array.from({ length: horizon }, (_, step) => ({
      value: at(step, 0),
      low: at(step, -Z_95),
      high: at(step, Z_95),
    })),
    models: outlooks.map(({ candidate }) => candidate.name),
    mase: best.error / (seasonalScale(values, period) || 1),
  }
}
