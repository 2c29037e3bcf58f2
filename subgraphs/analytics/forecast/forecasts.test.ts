import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { chooseForecast } from './choose.ts'
import { forecasts, MAX_WAITING } from './forecasts.ts'

const values = (seed: number) => Array.from({ length: 30 }, (_, day) => ((day * 7 + seed) % 5) + seed)
const task = { period: 7, horizon: 3, kind: 'QUICK' } as const

test('a forecast is cached by values, period, horizon and kind', async () => {
  const forecast = forecasts()
  const first = await forecast(values(1), task)
  expect(await forecast(values(1), task)).toBe(first)
  expect(await forecast(values(2), task)).not.toBe(first)
  expect(await forecast(values(1), { ...task, period: 5 })).not.toBe(first)
  expect((await forecast(values(1), { ...task, horizon: 4 }))?.expected).toHaveLength(4)
  expect(await forecast(values(1), { ...task, kind: 'THOROUGH' })).not.toBe(first)
})

test('200 forecasts wait, one more is refused, and all 200 are computed', async () => {
  const forecast = forecasts()
  const waiting = Array.from({ length: MAX_WAITING }, (_, index) => forecast(values(index + 1), task))
  await expect(forecast(values(0), task)).rejects.toMatchObject({
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
  })
  // One that is known already does not wait.
  expect(await forecast(values(1), task)).not.toBeNull()
  const made = await Promise.all(waiting)
  expect(made.every((one) => one !== null)).toBe(true)
  expect(await forecast(values(0), task)).not.toBeNull()
})

test('a forecast that failed is computed again at the next request', async () => {
  const choose = vi.fn(chooseForecast).mockRejectedValueOnce(new Error('out of memory'))
  const forecast = forecasts(choose)
  await expect(forecast(values(1), task)).rejects.toThrow('out of memory')
  expect(await forecast(values(1), task)).not.toBeNull()
})

test('forecasts are computed one after another', async () => {
  let [running, most] = [0, 0]
  const forecast = forecasts(async () => {
    most = Math.max(most, ++running)
    await turn()
    running--
    return null
  })
  await Promise.all([1, 2, 3].map((seed) => forecast(values(seed), task)))
  expect(most).toBe(1)
})

test('the 2,000 forecasts that were requested last are cached', async () => {
  const choose = vi.fn(async () => null)
  const forecast = forecasts(choose)
  for (let seed = 0; seed < 2_000; seed++) await forecast([seed], task)
  await forecast([0], task)
  expect(choose).toHaveBeenCalledTimes(2_000)
  // It takes the place of the one that was not requested again.
  for (const seed of [2_000, 1]) await forecast([seed], task)
  expect(choose).toHaveBeenCalledTimes(2_002)
})
