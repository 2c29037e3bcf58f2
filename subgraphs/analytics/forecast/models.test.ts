import { expect, test } from 'vitest'
import { arimaModels } from './arima.ts'
import { exponentialSmoothing } from './exponential-smoothing.ts'
import { type Model, spreads, within } from './model.ts'
import { minimise } from './nelder-mead.ts'
import { seasonalNaive } from './seasonal-naive.ts'

const all: readonly Model[] = [seasonalNaive, ...exponentialSmoothing, ...arimaModels]
const named = (name: string) => all.find((model) => model.name === name) ?? seasonalNaive

test('the simplex finds the minimum of the Rosenbrock function and of a parabola', () => {
  const parabola = minimise(([x = 0]) => (x - 3) ** 2, [0])
  expect(parabola[0]).toBeCloseTo(3, 1)
  const [x, y] = minimise(([a = 0, b = 0]) => (1 - a) ** 2 + 10 * (b - a * a) ** 2, [-1, 1])
  expect([x, y].map((value) => Math.round(10 * (value ?? 0)))).toEqual([10, 10])
})

test('a parameter stays within its bounds', () => {
  expect([-100, 0, 100].map((raw) => within(2, 4, raw))).toEqual([expect.closeTo(2), 3, expect.closeTo(4)])
})

test('errors of steps add up by the squares of their weights', () => {
  expect(spreads(2, [1, 1, 1], 4)).toEqual([2, 2 * Math.sqrt(2), 2 * Math.sqrt(3), 4])
})

test('the seasonal naive forecast repeats the last season, and its errors grow from season to season', () => {
  const outlook = seasonalNaive.fit([1, 2, 3, 4, 6, 8], 3)?.(4)
  expect(outlook?.mean).toEqual([4, 6, 8, 4])
  const sigma = Math.sqrt((9 + 16 + 25) / 3)
  expect(outlook?.sd).toEqual([sigma, sigma, sigma, sigma * Math.sqrt(2)])
})

test('a constant level, a straight line and a season are continued', () => {
  const line = Array.from({ length: 40 }, (_, index) => 10 + 2 * index)
  const season = Array.from({ length: 40 }, (_, index) => 20 + ([3, -1, -2, 0][index % 4] ?? 0))
  const next = (name: string, values: readonly number[], period: number) =>
    named(name).fit(values, period)?.(4).mean
  const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 0))
  expect(next('ETS_LEVEL', new Array<number>(40).fill(7), 1)).toEqual(close([7, 7, 7, 7]))
  expect(next('ARIMA_111', line, 1)).toEqual(close([90, 92, 94, 96]))
  expect(
    next(
      'HOLT_WINTERS',
      line.map((value, index) => value + (season[index] ?? 0)),
      4,
    ),
  ).toEqual(close([113, 111, 112, 116]))
  for (const name of ['ETS_SEASON', 'ARIMA_011_011', 'ARIMA_101_011'])
    expect([name, next(name, season, 4)]).toEqual([name, close([23, 19, 18, 20])])
})

test('within a season, each step of the airline model adds the square of 1 + theta to the variance', () => {
  const values = Array.from({ length: 60 }, (_, index) => Math.round(10 * Math.sin(index * index)))
  const sd = named('ARIMA_011_011').fit(values, 4)?.(5).sd ?? []
  const variances = sd.map((value) => (value / (sd[0] ?? 1)) ** 2)
  const [second = 0, third, fourth, fifth = 0] = variances
    .slice(1)
    .map((variance, step) => variance - (variances[step] ?? 0))
  expect(second).toBeLessThan(0.9)
  expect([third, fourth]).toEqual([expect.closeTo(second), expect.closeTo(second)])
  // From the next season on, its own error adds to it.
  expect(fifth).toBeGreaterThan(second)
})

test.each(all.map((model) => [model.name, model] as const))(
  '%s requires a minimum number of values',
  (_, model) => {
    for (let count = 0; count < 40; count++) {
      const values = Array.from({ length: count }, (__, index) => (index * 7) % 5)
      const outlook = model.fit(values, 4)?.(6)
      if (!outlook) continue
      expect(outlook.mean).toHaveLength(6)
      expect([...outlook.mean, ...outlook.sd].every(Number.isFinite)).toBe(true)
    }
    expect(model.fit([1, 2], 4)).toBeNull()
  },
)
