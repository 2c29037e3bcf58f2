import { expect, test, vi } from 'vitest'
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
  const [right] = minimise(([x = 0]) => (x < 0 ? Number.NaN : (x - 3) ** 2), [-0.5])
  expect(right, 'not where the function has no number').toBeCloseTo(3, 1)
  const [x, y] = minimise(([a = 0, b = 0]) => (1 - a) ** 2 + 10 * (b - a * a) ** 2, [-1, 1])
  expect([x, y].map((value) => Math.round(10 * (value ?? 0)))).toEqual([10, 10])
})

test('the simplex evaluates a function 251 times at most', () => {
  const unbounded = vi.fn(([x = 0]: readonly number[]) => -x)
  minimise(unbounded, [0])
  expect(unbounded.mock.calls.length).toBeGreaterThanOrEqual(250)
  expect(unbounded.mock.calls.length).toBeLessThanOrEqual(251)
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

// The figures are those of these models: they change with a model, also with its first parameters and its number of values.
test.each([
  ['ETS_LEVEL', 4, [786, 786, 786, 786, 786, 786], [82.9, 91.8, 99.9, 107.4, 114.4, 121]],
  ['ETS_DAMPED_TREND', 8, [819.6, 835.1, 850.3, 865.2, 879.8, 894.2], [68.1, 68.1, 68.1, 68.1, 68.1, 68.1]],
  ['ETS_SEASON', 11, [834.4, 929.5, 800.5, 796.2, 834.4, 929.5], [66, 77.2, 87, 95.8, 114.5, 121.3]],
  ['HOLT_WINTERS', 11, [838.6, 937.7, 846.7, 858, 918.3, 1017.4], [44.7, 44.7, 44.7, 44.7, 47.7, 47.7]],
  [
    'HOLT_WINTERS_DAMPED',
    11,
    [827.9, 925.4, 831.1, 839.6, 892.6, 988.8],
    [48.5, 48.5, 48.5, 48.5, 51.8, 51.8],
  ],
  ['ARIMA_011_011', 13, [842.2, 964.7, 865.3, 878.7, 934.4, 1056.9], [57.2, 60.8, 64.3, 67.6, 83.9, 89.5]],
  ['ARIMA_111_011', 14, [774.4, 970.8, 820.8, 872.7, 851, 1044.8], [41, 48.7, 51.9, 53.1, 65.9, 70.3]],
  ['ARIMA_101_011', 13, [784.6, 894.1, 785.8, 787.1, 809.1, 916], [55.8, 56, 56.1, 56.3, 60.8, 61]],
  ['ARIMA_111', 10, [788.2, 788, 788, 788, 788, 788], [90, 101.6, 111.6, 120.9, 129.5, 137.5]],
])('%s continues a short series with a trend and a season, from %i values on', (name, least, mean, sd) => {
  const values = Array.from(
    { length: 15 },
    (_, index) => 500 + 20 * index + ([90, -30, -60, 0][index % 4] ?? 0) + ((index * 7) % 11) * 8,
  )
  const fit = (count: number) => named(name).fit(values.slice(0, count), 4)
  expect([fit(least - 1), fit(least)]).toEqual([null, expect.any(Function)])
  const close = (figures: readonly number[]) => figures.map((figure) => expect.closeTo(figure, 0))
  expect(fit(values.length)?.(6)).toEqual({ mean: close(mean), sd: close(sd) })
})
