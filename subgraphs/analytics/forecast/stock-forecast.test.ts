import { expect, test } from 'vitest'
import type { Forecast } from './choose.ts'
import { isForecastable, readSupply, STOCK_HORIZON, stockForecast } from './stock-forecast.ts'

/** A demand of two a day, with intervals of this half width. */
const forecast = (half = 0): Forecast => ({
  expected: Array.from({ length: STOCK_HORIZON }, () => ({ value: 2, low: 2 - half, high: 2 + half })),
  ...{ models: ['ETS_LEVEL'], mase: 1 },
})
const until = new Date('2026-11-28T00:00:00.000Z')
const demand = { variantId: 'var_1', units: [3, 1], until }
const supply = { leadDays: 10, coverDays: 20 }
const of = (available: number, incoming = 0, half = 0) =>
  stockForecast({ available, incoming }, demand, forecast(half), supply)

test('an order is enough for the days until its delivery and those that it is to last', () => {
  expect(of(20)).toEqual({
    ...{ available: 20, incoming: 0, until, unitsPerDay: '2.00', turnsPerYear: '36.50', reason: null },
    ...{ runsOutAfterDays: 9, runsOutEarliestAfterDays: 9, orderNow: true, orderUnits: 40 },
  })
})

test.each([
  [22, 0, true, 38],
  // On the day after the delivery.
  [23, 0, false, 37],
  [10, 12, true, 38],
  [10, 13, false, 37],
  [59, 0, false, 1],
  [60, 0, false, 0],
  [100, 0, false, 0],
])('with %i units and %i on their way an order is due: %s, of %i', (available, incoming, orderNow, units) => {
  expect(of(available, incoming)).toMatchObject({ orderNow, orderUnits: units })
})

test('errors of days add up by their squares; an order is enough in 95 of 100 cases', () => {
  // The standard deviation of a day is 1: of 16 days 4, of 30 days 5.48.
  const { runsOutAfterDays, runsOutEarliestAfterDays, orderUnits } = of(38, 0, 1.959964)
  expect([runsOutAfterDays, runsOutEarliestAfterDays]).toEqual([18, 15])
  expect(orderUnits).toBe(Math.ceil(60 + 1.644854 * Math.sqrt(30) - 38))
})

test('days on which less than nothing is expected do not add to the stock', () => {
  const { expected, ...rest } = forecast()
  const below = expected.map((day, index) => (index < 5 ? { value: -4, low: -4, high: -4 } : day))
  expect(
    stockForecast({ available: 20, incoming: 0 }, demand, { ...rest, expected: below }, supply),
  ).toMatchObject({ runsOutAfterDays: 14, orderUnits: 30 })
})

test('a stock that lasts longer than the forecast does not run out, an empty one has run out on the first day', () => {
  expect(of(2 * STOCK_HORIZON)).toMatchObject({ runsOutAfterDays: STOCK_HORIZON - 1 })
  expect(of(2 * STOCK_HORIZON + 1)).toMatchObject({ runsOutAfterDays: null, runsOutEarliestAfterDays: null })
  expect(of(0)).toMatchObject({ runsOutAfterDays: 0, turnsPerYear: null })
})

test('an order of no units is not due, though the stock ends with the delivery', () => {
  const shortly = { leadDays: 10, coverDays: 1 }
  const ends = (available: number) => stockForecast({ available, incoming: 0 }, demand, forecast(), shortly)
  expect(ends(22)).toMatchObject({ orderNow: false, orderUnits: 0 })
  expect(ends(21)).toMatchObject({ orderNow: true, orderUnits: 1 })
})

test('without demand nothing runs out, and without a history there are no turns', () => {
  const none = { ...forecast(), expected: forecast().expected.map(() => ({ value: 0, low: 0, high: 0 })) }
  expect(stockForecast({ available: 0, incoming: 0 }, demand, none, supply)).toMatchObject({
    ...{ runsOutAfterDays: null, runsOutEarliestAfterDays: null, orderNow: false, orderUnits: 0 },
  })
  const unsold = { ...demand, units: [] }
  expect(stockForecast({ available: 5, incoming: 0 }, unsold, none, supply).turnsPerYear).toBeNull()
  const unknown = { unitsPerDay: null, turnsPerYear: '146.00', orderNow: false, reason: 'TOO_LITTLE_HISTORY' }
  expect(stockForecast({ available: 5, incoming: 0 }, demand, null, supply)).toMatchObject(unknown)
})

test('three weeks since the first sale are enough', () => {
  const days = (count: number) => ({ units: new Array<number>(count).fill(1) })
  expect([isForecastable(days(20)), isForecastable(days(21))]).toEqual([false, true])
})

test('a supply takes 1 to 60 days, and lasts as long', () => {
  for (const days of [1, 60]) {
    const longest = { leadDays: days, coverDays: days }
    expect(readSupply(longest)).toEqual(longest)
  }
  for (const but of [{ leadDays: 0 }, { leadDays: 61 }, { coverDays: 0 }, { coverDays: 61 }])
    expect(() => readSupply({ leadDays: 14, coverDays: 28, ...but })).toThrow(/allowed is 1 to 60/)
})
