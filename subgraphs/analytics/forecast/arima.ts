// Tested in models.test.ts: one test has the cases of all models.
// Source: Box, Jenkins, "Time Series Analysis: Forecasting and Control", chapters 5, 7.1 (conditional sum of squares) and 9.2 (the airline
// model); Hyndman and Athanasopoulos, "Forecasting: principles and practice", 3rd edition, chapter 9.

import { type Model, spreads, within } from './model.ts'
import { minimise } from './nelder-mead.ts'

/** The orders of ARIMA(p,d,1)(0,D,1) with p of 0 or 1. */
type Orders = { readonly p: 0 | 1; readonly d: 0 | 1 | 2; readonly seasonal: boolean }

/** The product of two polynomials in the backshift operator, by ascending powers. */
function product(a: readonly number[], b: readonly number[]): number[] {
  const result = new Array<number>(a.length + b.length - 1).fill(0)
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      result[i + j] = (result[i + j] ?? 0) + x * y
    })
  })
  return result
}

/** 1 + c B^lag. */
function binomial(lag: number, c: number): number[] {
  return [1, ...new Array<number>(lag - 1).fill(0), c]
}

/** The parts of a model: `left`(B) y = `right`(B) e. */
type Polynomials = { readonly left: readonly number[]; readonly right: readonly number[] }

function polynomialsOf(raw: readonly number[], { p, d, seasonal }: Orders, period: number): Polynomials {
  const [theta = 0, ...rest] = raw.map((value) => within(-0.98, 0.98, value))
  const [big = 0, phi = 0] = seasonal ? rest : [0, ...rest]
  let left = p === 1 ? binomial(1, -phi) : [1]
  for (let time = 0; time < d; time++) left = product(left, binomial(1, -1))
  if (seasonal) left = product(left, binomial(period, -1))
  const right = seasonal ? product(binomial(1, theta), binomial(period, big)) : binomial(1, theta)
  return { left, right }
}

/** The lags of a polynomial whose coefficients are not zero, without lag 0. */
function lagsOf(polynomial: readonly number[]): [lag: number, weight: number][] {
  return polynomial.flatMap((weight, lag): [number, number][] =>
    lag > 0 && weight !== 0 ? [[lag, weight]] : [],
  )
}

/** Errors of one step; those before the first that can be computed are zero. */
function errorsOf(values: readonly number[], { left, right }: Polynomials): number[] {
  const errors = new Array<number>(values.length).fill(0)
  const [past, shocks] = [lagsOf(left), lagsOf(right)]
  for (let index = left.length - 1; index < values.length; index++) {
    let error = values[index] ?? 0
    for (const [lag, weight] of past) error += weight * (values[index - lag] ?? 0)
    for (const [lag, weight] of shocks) error -= weight * (errors[index - lag] ?? 0)
    errors[index] = error
  }
  return errors
}

const squaresOf = (errors: readonly number[]) => errors.reduce((sum, error) => sum + error * error, 0)

function meansOf(
  values: readonly number[],
  errors: readonly number[],
  { left, right }: Polynomials,
  horizon: number,
): number[] {
  const [past, shocks] = [lagsOf(left), lagsOf(right)]
  const series = [...values]
  for (let step = 0; step < horizon; step++) {
    const index = values.length + step
    let value = 0
    for (const [lag, weight] of past) value -= weight * (series[index - lag] ?? 0)
    for (const [lag, weight] of shocks) value += weight * (errors[index - lag] ?? 0)
    series.push(value)
  }
  return series.slice(values.length)
}

/** The weights of past errors in a forecast: psi of Box and Jenkins, 5.2. */
function weightsOf({ left, right }: Polynomials, horizon: number): number[] {
  const psi = [1]
  for (let step = 1; step < horizon; step++) {
    let weight = right[step] ?? 0
    for (const [lag, coefficient] of lagsOf(left)) weight -= coefficient * (psi[step - lag] ?? 0)
    psi.push(weight)
  }
  return psi.slice(1)
}

function arima(name: string, orders: Orders): Model {
  return {
    name,
    fit(values, period) {
      if (orders.seasonal && period < 2) return null
      const lost = orders.p + orders.d + (orders.seasonal ? period : 0)
      if (values.length < lost + Math.max(8, orders.seasonal ? period + 3 : 0)) return null
      const cost = (raw: readonly number[]) => squaresOf(errorsOf(values, polynomialsOf(raw, orders, period)))
      const start = [-0.8, ...(orders.seasonal ? [-0.8] : []), ...(orders.p === 1 ? [0.3] : [])]
      const polynomials = polynomialsOf(minimise(cost, start), orders, period)
      const errors = errorsOf(values, polynomials)
      const freedom = Math.max(values.length - lost - start.length, 2)
      const sigma = Math.sqrt(squaresOf(errors) / freedom)
      return (horizon) => ({
        mean: meansOf(values, errors, polynomials, horizon),
        sd: spreads(sigma, weightsOf(polynomials, horizon), horizon),
      })
    },
  }
}

/** ARIMA models, among them the airline model (0,1,1)(0,1,1). */
export const arimaModels: readonly Model[] = [
  arima('ARIMA_011_011', { p: 0, d: 1, seasonal: true }),
  arima('ARIMA_111_011', { p: 1, d: 1, seasonal: true }),
  arima('ARIMA_101_011', { p: 1, d: 0, seasonal: true }),
  arima('ARIMA_111', { p: 1, d: 1, seasonal: false }),
]
