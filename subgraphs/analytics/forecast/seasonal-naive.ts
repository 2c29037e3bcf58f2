import type { Model } from './model.ts'

/**
 * Repeats the last season. Errors of each season add up: Hyndman and Athanasopoulos, "Forecasting: principles and practice", 3rd edition,
 * 5.2 and 5.5.
 */
export const seasonalNaive: Model = {
  name: 'SEASONAL_NAIVE',
  fit(values, period) {
    if (values.length < period + 2) return null
    const errors = values.slice(period).map((value, index) => value - (values[index] ?? value))
    const sigma = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    const last = values.slice(-period)
    return (horizon) => {
      const steps = Array.from({ length: horizon }, (_, step) => step)
      return {
        mean: steps.map((step) => last[step % period] ?? 0),
        sd: steps.map((step) => sigma * Math.sqrt(Math.floor(step / period) + 1)),
      }
    }
  },
}
