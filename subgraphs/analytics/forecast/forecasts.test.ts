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
  await expect(forecast(values(0), task)).rejects.toMatchObject({ extensions: { code: 'RATE_LIMITED' } })
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
