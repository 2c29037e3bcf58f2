import { describe, expect, test } from 'vitest'
import { type CircuitBreaker, circuitBreaker, type Verdict } from './circuit-breaker.ts'

const SETTINGS = { window: 10_000, failures: 4, percent: 50, pause: 5_000 }

/** A breaker with a clock that only the test advances. */
function newBreaker() {
  let time = 0
  const changes: string[] = []
  const breaker = circuitBreaker(
    SETTINGS,
    () => time,
    (state) => changes.push(state),
  )
  return {
    breaker,
    changes,
    wait(ms: number) {
      time += ms
    },
  }
}

function make(breaker: CircuitBreaker, times: number, verdict: Verdict): void {
  for (let attempt = 0; attempt < times; attempt++) breaker.attempt()?.(verdict)
}

describe('a closed breaker', () => {
  test('opens when so many attempts failed', () => {
    const { breaker, changes } = newBreaker()
    make(breaker, 3, 'ill')
    expect(breaker.state()).toBe('closed')
    make(breaker, 1, 'ill')
    expect([breaker.state(), breaker.attempt(), changes]).toEqual(['open', null, ['open']])
  })

  test('stays closed while most attempts go well', () => {
    const { breaker } = newBreaker()
    make(breaker, 10, 'well')
    make(breaker, 9, 'ill')
    expect(breaker.state()).toBe('closed')
    make(breaker, 1, 'ill')
    expect(breaker.state()).toBe('open')
  })

  test.each([SETTINGS.window, 1.5 * SETTINGS.window])('forgets what was %i ms ago', (ms) => {
    const { breaker, wait } = newBreaker()
    make(breaker, 3, 'ill')
    wait(ms)
    make(breaker, 3, 'ill')
    expect(breaker.state()).toBe('closed')
  })

  test.each([0, 5_000])('remembers all of a window that begins at %i ms', (begin) => {
    const { breaker, wait } = newBreaker()
    wait(begin)
    for (let step = 0; step < 4; step++) {
      make(breaker, 1, 'ill')
      wait(3_200)
    }
    expect(breaker.state()).toBe('open')
  })

  test('is never opened by clients who leave', () => {
    const { breaker } = newBreaker()
    make(breaker, 1_000, 'unknown')
    expect(breaker.state()).toBe('closed')
    // Nor do they hide that the others failed.
    make(breaker, SETTINGS.failures, 'ill')
    expect(breaker.state()).toBe('open')
  })
})

describe('an open breaker', () => {
  test('lets one attempt through after the pause, and closes when that goes well', () => {
    const { breaker, changes, wait } = newBreaker()
    make(breaker, 4, 'ill')
    wait(SETTINGS.pause - 1)
    expect(breaker.attempt()).toBeNull()
    wait(1)
    const tell = breaker.attempt()
    expect([breaker.state(), breaker.attempt()]).toEqual(['half-open', null])
    tell?.('well')
    expect([breaker.state(), changes]).toEqual(['closed', ['open', 'closed']])
    make(breaker, 3, 'ill')
    expect(breaker.state()).toBe('closed')
  })

  test('opens for another pause when that fails', () => {
    const { breaker, changes, wait } = newBreaker()
    make(breaker, 4, 'ill')
    wait(SETTINGS.pause)
    make(breaker, 1, 'ill')
    wait(SETTINGS.pause - 1)
    expect(breaker.state()).toBe('open')
    wait(1)
    expect([breaker.state(), changes]).toEqual(['half-open', ['open']])
  })

  test('lets another one through when that was given up', () => {
    const { breaker, wait } = newBreaker()
    make(breaker, 4, 'ill')
    wait(SETTINGS.pause)
    make(breaker, 1, 'unknown')
    expect([breaker.state(), breaker.attempt()]).toEqual(['half-open', expect.any(Function)])
  })

  test('learns nothing from attempts that began before it opened', () => {
    const { breaker, wait } = newBreaker()
    const late = Array.from({ length: 10 }, () => breaker.attempt())
    make(breaker, 4, 'ill')
    wait(SETTINGS.pause - 1)
    for (const [index, tell] of late.entries()) tell?.(index % 2 ? 'well' : 'ill')
    expect(breaker.state()).toBe('open')
    wait(1)
    expect(breaker.state()).toBe('half-open')
    breaker.attempt()?.('well')
    expect(breaker.state()).toBe('closed')
  })
})
