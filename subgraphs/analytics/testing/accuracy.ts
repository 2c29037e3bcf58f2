import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { chooseForecast, seasonalScale } from '../forecast/choose.ts'

const seriesSchema = z.record(
  z.string(),
  z.object({
    source: z.string(),
    period: z.int(),
    train: z.array(z.number()),
    test: z.array(z.number()),
    /** MASE of other programs on the same split: R 4.2 with forecast 8.20. */
    peers: z.record(z.string(), z.number()),
  }),
)

/** A series with what the forecast makes of it. */
export type Accuracy = {
  readonly name: string
  readonly models: readonly string[]
  /** Mean absolute scaled error of the test values. */
  readonly mase: number
  /** Number of test values, and of those within the intervals of 95 %. */
  readonly count: number
  readonly covered: number
  readonly peers: Readonly<Record<string, number>>
  readonly milliseconds: number
}

/** Public series, whose sources `public-series.json` names, by their names. */
export function publicSeries() {
  const file = new URL('public-series.json', import.meta.url)
  return Object.entries(seriesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))))
}

/** Forecasts the test values of public series from the values before them. */
export async function publicAccuracies(): Promise<Accuracy[]> {
  const accuracies: Accuracy[] = []
  for (const [name, { period, train, test, peers }] of publicSeries()) {
    const began = performance.now()
    const forecast = await chooseForecast(train, { period, horizon: test.length })
    const milliseconds = performance.now() - began
    if (!forecast) throw new Error(`${name}: no forecast`)
    const { expected, models } = forecast
    const errors = test.map((value, step) => Math.abs(value - (expected[step]?.value ?? Number.NaN)))
    const mean = errors.reduce((sum, error) => sum + error, 0) / test.length
    const covered = test.filter((value, step) => {
      const { low = Number.NaN, high = Number.NaN } = expected[step] ?? {}
      return low <= value && value <= high
    }).length
    const mase = mean / seasonalScale(train, period)
    accuracies.push({ name, models, mase, count: test.length, covered, peers, milliseconds })
  }
  return accuracies
}
