import { expect, test } from 'vitest'
import { figuresOf, medianOf, type Round } from './measurement.ts'
import { slopePerHour } from './slope.ts'

const round = (requests: number, cpuMs: number): Round => ({
  ...{ requests, cpuMs, milliseconds: 1_000, latencies: [], calls: requests * 6 },
  ...{ bytesIn: requests * 2_048, residentMb: cpuMs },
})

test('rates are those of the middle round, memory the highest', () => {
  const figures = figuresOf([round(100, 500), round(10, 900), round(200, 400)])
  expect(figures).toMatchObject({
    ...{ requestsPerSecond: 100, cpuMsPerRequest: 5, busy: 0.5, residentMb: 900 },
    ...{ callsPerRequest: 6, kilobytesSentPerRequest: 2 },
  })
})

test('the median of an even number is between the middle two', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5)
  expect(medianOf([])).toBeNaN()
})

test('growth of memory is given per hour', () => {
  const at = (minutes: number, megabytes: number) => ({ minutes, megabytes })
  expect(slopePerHour([at(0, 100), at(30, 110), at(60, 120)])).toBeCloseTo(20)
  expect(slopePerHour([at(1, 100), at(2, 100), at(3, 100)])).toBe(0)
  expect(slopePerHour([at(1, 100)])).toBeNaN()
})
