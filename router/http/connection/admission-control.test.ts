import { describe, expect, test } from 'vitest'
import { FREE_PLACES, nextPlaces, startsNow } from './admission-control.ts'

const MAX_PLACES = 2_000
const BUSY_MS = 3
const IDLE_MS = 0.005

describe('requests that wait', () => {
  test('start while there are free places, some in each turn of the event loop', () => {
    expect(startsNow({ waiting: 3, working: 0, turnMs: BUSY_MS }, FREE_PLACES)).toBe(3)
    expect(startsNow({ waiting: 500, working: 0, turnMs: BUSY_MS }, FREE_PLACES)).toBe(8)
    expect(startsNow({ waiting: 500, working: FREE_PLACES - 1, turnMs: BUSY_MS }, FREE_PLACES)).toBe(1)
  })

  test('start beyond the free places, up to all places, one by one when the event loop has nothing to do', () => {
    const load = { waiting: 9, working: FREE_PLACES }
    expect(startsNow({ ...load, turnMs: BUSY_MS }, 100)).toBe(0)
    expect(startsNow({ ...load, turnMs: IDLE_MS }, 100)).toBe(1)
    expect(startsNow({ waiting: 9, working: 100, turnMs: IDLE_MS }, 100)).toBe(0)
  })

  test('find the event loop idle after a turn of at most 20 µs', () => {
    const load = { waiting: 9, working: FREE_PLACES }
    expect([0.02, 0.021].map((turnMs) => startsNow({ ...load, turnMs }, 100))).toEqual([1, 0])
  })

  test('never start where fewer places than the free ones are allowed', () => {
    expect(startsNow({ waiting: 9, working: 2, turnMs: IDLE_MS }, 2)).toBe(0)
  })
})

describe('places', () => {
  test('become more the more the event loop idles', () => {
    const after = (utilization: number) => nextPlaces({ ms: 200, utilization, working: 100 }, MAX_PLACES) ?? 0
    expect(after(0.9)).toBe(103)
    expect(after(0.6)).toBe(126)
    expect(after(0.001)).toBe(400)
  })

  test('become fewer while it never idles, and never fewer than the free ones', () => {
    expect(nextPlaces({ ms: 200, utilization: 1, working: 100 }, MAX_PLACES)).toBe(85)
    expect(nextPlaces({ ms: 200, utilization: 1, working: 10 }, MAX_PLACES)).toBe(FREE_PLACES)
  })

  test('are decided soon only where the event loop idles', () => {
    expect(nextPlaces({ ms: 50, utilization: 0.9, working: 100 }, MAX_PLACES)).toBeNull()
    expect(nextPlaces({ ms: 50, utilization: 0.2, working: 100 }, MAX_PLACES)).toBe(218)
    const isDecided = (ms: number, utilization: number) =>
      nextPlaces({ ms, utilization, working: 100 }, MAX_PLACES) !== null
    expect([isDecided(50, 0.5), isDecided(50, 0.51), isDecided(199, 0.51), isDecided(200, 0.51)]).toEqual([
      ...[true, false, false, true],
    ])
  })

  test('have a bound', () => {
    expect(nextPlaces({ ms: 50, utilization: 0.1, working: 1_999 }, MAX_PLACES)).toBe(MAX_PLACES)
    expect(nextPlaces({ ms: 50, utilization: 0.1, working: 2 }, 2)).toBe(2)
  })

  test('come to what slow subgraphs need, and back, in a few windows', () => {
    /** Each request keeps the event loop busy for a thousandth of its time. */
    const settled = (share: number, from: number) => {
      let places = from
      for (let window = 0; window < 30; window++) {
        const utilization = Math.min(1, places * share)
        places = nextPlaces({ ms: 200, utilization, working: places }, MAX_PLACES) ?? places
      }
      return places * share
    }
    expect(settled(0.001, FREE_PLACES)).toBeGreaterThan(0.8)
    expect(settled(0.01, MAX_PLACES)).toBeLessThan(1.1)
  })
})
