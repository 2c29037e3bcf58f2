import { expect, test } from 'vitest'
import { publicAccuracies, publicSeries } from '../testing/accuracy.ts'
import { ALL_MODELS, chooseForecast, QUICK_MODELS, seasonalScale } from './choose.ts'
import type { Model } from './model.ts'
import { seasonalNaive } from './seasonal-naive.ts'

/** A day for each value, with a weekly course and a deviation that repeats every eleven days. */
const week = [12, 10, 9, 11, 15, 24, 20]
const course = (days: number, grow = 0) =>
  Array.from({ length: days }, (_, day) => (week[day % 7] ?? 0) + grow * day + (((day * 5) % 11) - 5) / 5)

test('public series: the mean MASE is at most 1, and intervals of 95 % hold 85 % of the test values', async () => {
  const all = await publicAccuracies()
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  expect(all).toHaveLength(6)
  expect(sum(all.map(({ mase }) => mase)) / all.length).toBeLessThanOrEqual(1)
  const covered = sum(all.map((one) => one.covered)) / sum(all.map(({ count }) => count))
  expect(covered).toBeGreaterThanOrEqual(0.85)
})

const HEAD = `# Forecasts of public series

The next values of the series of \`testing/public-series.json\`: those that are expected, with their intervals of 95 %; below them the mean of
each model ± the standard deviation of its errors. \`npx vitest run subgraphs/analytics/forecast/choose.test.ts -u\` writes this page; the test
compares it.
`
const rounded = (value = Number.NaN) => String(Number(value.toPrecision(4)))
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`

test('public series: the expected values, the models and their errors are those of forecasts.md', async () => {
  let page = HEAD
  for (const [name, { period, train }] of publicSeries()) {
    // The first steps, and the first one of the second season.
    const steps = [0, 1, period]
    const expectedBy = async (models: readonly Model[]) => {
      const forecast = await chooseForecast(train, { period, horizon: period + 1, models })
      const cells = steps.map((step) => {
        const { value, low, high } = forecast?.expected[step] ?? {}
        return `${rounded(value)} (${rounded(low)} to ${rounded(high)})`
      })
      const { models: best = [], mase } = forecast ?? {}
      return row([`${best.join(', ')}; error of the backtest ${rounded(mase)}`, ...cells])
    }
    const head = row(['', ...steps.map((step) => `step ${step + 1}`)])
    page += `\n## ${name}\n\n${head}${row([0, ...steps].map(() => '---'))}`
    for (const models of [ALL_MODELS, QUICK_MODELS]) page += await expectedBy(models)
    for (const { name: model, fit } of [seasonalNaive, ...ALL_MODELS]) {
      const { mean, sd } = fit(train, period)?.(period + 1) ?? {}
      page += row([model, ...steps.map((step) => `${rounded(mean?.[step])} ± ${rounded(sd?.[step])}`)])
    }
  }
  await expect(page).toMatchFileSnapshot('forecasts.md')
})

test('a weekly season continues, also with a trend', async () => {
  for (const grow of [0, 0.5]) {
    const values = course(70, grow)
    const forecast = await chooseForecast(values, { period: 7, horizon: 14 })
    const actual = course(84, grow).slice(70)
    for (const [step, value] of actual.entries()) {
      const expected = forecast?.expected[step]
      expect(Math.abs((expected?.value ?? Number.NaN) - value)).toBeLessThan(2)
      expect(expected?.low).toBeLessThan(expected?.value ?? Number.NaN)
      expect(expected?.high).toBeGreaterThan(expected?.value ?? Number.NaN)
    }
    expect(forecast?.mase).toBeLessThan(1.2)
  }
})

test('the same values have the same forecast', async () => {
  const task = { period: 7, horizon: 7 }
  expect(await chooseForecast(course(50), task)).toEqual(await chooseForecast(course(50), task))
})

test('three seasons are enough for a forecast', async () => {
  for (const count of [21, 24, 27])
    expect((await chooseForecast(course(count), { period: 7, horizon: 14 }))?.expected).toHaveLength(14)
})

test('counts that grow by a share are expected to grow on, with zeros among the first too', async () => {
  const grown = Array.from({ length: 120 }, (_, day) => Math.round(1.03 ** day * ((week[day % 7] ?? 0) / 25)))
  expect(grown.filter((value) => value === 0).length).toBeGreaterThan(0)
  const forecast = await chooseForecast(grown.slice(0, -14), { period: 7, horizon: 14 })
  expect(forecast?.models.every((name) => name.startsWith('LOG1P_'))).toBe(true)
  const errors = grown
    .slice(-14)
    .map((value, step) => Math.abs(value / (forecast?.expected[step]?.value ?? 0) - 1))
  expect(Math.max(...errors)).toBeLessThan(0.2)
})

test('intervals are as wide as the errors of the backtest, where the model is too sure', async () => {
  // Days that vary more and more.
  const values = Array.from({ length: 90 }, (_, day) => 100 + (((day * 37) % 23) - 11) * (day / 45) ** 3)
  const forecast = await chooseForecast(values, { period: 1, horizon: 7 })
  const deviation = Math.sqrt(values.slice(-14).reduce((sum, value) => sum + (value - 100) ** 2, 0) / 14)
  const [first] = forecast?.expected ?? []
  expect((first?.high ?? 0) - (first?.low ?? 0)).toBeGreaterThan(2.5 * deviation)
})

test('too few values have none', async () => {
  expect(await chooseForecast([], { period: 1, horizon: 3 })).toBeNull()
  expect(await chooseForecast(course(8), { period: 7, horizon: 7 })).toBeNull()
})

test('no sales, the same every day, or one in a while are forecast without values that are not numbers', async () => {
  const rare = Array.from({ length: 60 }, (_, day) => (day % 13 === 0 ? 1 : 0))
  for (const values of [new Array<number>(60).fill(0), new Array<number>(60).fill(5), rare])
    for (const models of [undefined, QUICK_MODELS]) {
      const task = { period: 7, horizon: 120, ...(models && { models }) }
      const forecast = await chooseForecast(values, task)
      expect(forecast?.expected).toHaveLength(120)
      for (const { value, low, high } of forecast?.expected ?? [])
        expect([value, low, high].every(Number.isFinite)).toBe(true)
      expect(Number.isFinite(forecast?.mase)).toBe(true)
    }
})

test('the scale of MASE is the mean absolute difference of values one season apart', () => {
  expect(seasonalScale([1, 2, 3, 5], 2)).toBe(2.5)
})

const fill = (count: number, value: number) => new Array<number>(count).fill(value)
/** Models that expect 100 with this deviation. */
const sureOf = (sd: number) =>
  ['A', 'B', 'C'].map(
    (name): Model => ({
      name,
      fit: () => (horizon) => ({ mean: fill(horizon, 100), sd: fill(horizon, sd) }),
    }),
  )
/** Its backtest has 20 values. 13 are not 100: the mean square of the errors is 65. */
const around = Array.from({ length: 60 }, (_, day) => 100 + ([0, 10, -10][day % 3] ?? 0))

test.each([
  [20, 1],
  [2, Math.sqrt(65) / 2],
  [1, 5],
])('intervals of a deviation of %d are widened by the factor %d, five at most', async (sd, factor) => {
  const forecast = await chooseForecast(around, { period: 1, horizon: 6, models: sureOf(sd) })
  const half = 1.959964 * sd * factor
  expect(forecast).toMatchObject({ models: ['A', 'B', 'C'] })
  expect(forecast?.expected[5]).toEqual({
    value: 100,
    low: expect.closeTo(100 - half, 3),
    high: expect.closeTo(100 + half, 3),
  })
})

test('a model with values or deviations that are not numbers is not chosen', async () => {
  const broken = [
    [100, Number.POSITIVE_INFINITY],
    [100, Number.NaN],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ].map(
    ([mean = 0, sd = 0], index): Model => ({
      name: `BROKEN ${index}`,
      fit: () => (horizon) => ({ mean: fill(horizon, mean), sd: fill(horizon, sd) }),
    }),
  )
  const forecast = await chooseForecast(around, { period: 1, horizon: 6, models: broken })
  expect(forecast?.models).toEqual(['SEASONAL_NAIVE'])
})

test.each([
  [100, { period: 1, horizon: 8 }, [96, 94, 92, 90, 88]],
  [100, { period: 1, horizon: 2 }, [98, 97, 96, 95, 94]],
  // At least half of the values are known, or eight, or two seasons and four.
  [20, { period: 1, horizon: 8 }, [16, 14, 12, 10]],
  [13, { period: 1, horizon: 8 }, [9]],
  [24, { period: 7, horizon: 14 }, [18]],
])('of %i values, a backtest with %j knows %j', async (count, task, origins) => {
  const known: number[] = []
  const [{ name, fit } = seasonalNaive] = sureOf(1)
  const model: Model = {
    name,
    fit: (values, period) => (known.push(values.length) > 0 ? fit(values, period) : null),
  }
  await chooseForecast(around.concat(around).slice(0, count), { ...task, models: [model] })
  expect(known).toEqual([...origins, count])
})

test('other work of the process goes on between two fits', async () => {
  let turns = 0
  let next = setImmediate(count)
  function count() {
    turns++
    next = setImmediate(count)
  }
  await chooseForecast(course(50), { period: 7, horizon: 7, models: QUICK_MODELS })
  clearImmediate(next)
  // Three models at five origins, and with all values.
  expect(turns).toBeGreaterThanOrEqual(18)
})
