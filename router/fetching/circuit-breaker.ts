/** Result of an attempt, as far as it concerns the subgraph's health. */
export type Verdict =
  /** It answered. */
  | 'well'
  /** It did not: unreachable, late, broken off, no GraphQL answer. */
  | 'ill'
  /** Unknown: the attempt was abandoned before its end. */
  | 'unknown'

/** Reports the result of one permitted attempt, once. */
export type ReportVerdict = (verdict: Verdict) => void

/**
 * Stops calls to a failing subgraph for a while. Closed: attempts are permitted. Open: none are, for a pause.
 * Half-open: one attempt at a time is permitted, and its result closes or opens the breaker.
 */
export type CircuitBreaker = {
  /** @returns null while attempts are refused. */
  attempt(): ReportVerdict | null
  state(): 'closed' | 'open' | 'half-open'
}

export type BreakerSettings = {
  /** Milliseconds over which attempts are counted. */
  readonly window: number
  /** Minimum number of failures within the window … */
  readonly failures: number
  /** … and minimum percentage of failures. */
  readonly percent: number
  /** Milliseconds for which an open breaker refuses. */
  readonly pause: number
}

/** The window moves on by steps of this part of it. */
const STEPS = 10

/** @param now milliseconds, of any clock that only grows. */
export function circuitBreaker(
  settings: BreakerSettings,
  now: () => number,
  onChange: (state: 'closed' | 'open') => void,
): CircuitBreaker {
  const counts = attemptCounts(settings.window)
  let openUntil: number | null = null
  let probing = false

  const open = () => {
    const isNews = openUntil === null
    openUntil = now() + settings.pause
    if (isNews) onChange('open')
  }
  const close = () => {
    openUntil = null
    counts.clear()
    onChange('closed')
  }
  const tellClosed = (verdict: Verdict) => {
    // Ignore attempts that began before the breaker opened.
    if (verdict === 'unknown' || openUntil !== null) return
    counts.add(now(), verdict === 'ill')
    const { total, failed } = counts.sum(now())
    if (failed >= settings.failures && failed * 100 >= total * settings.percent) open()
  }
  const tellProbe = (verdict: Verdict) => {
    probing = false
    if (verdict === 'well') close()
    else if (verdict === 'ill') open()
  }
  return {
    attempt() {
      if (openUntil === null) return tellClosed
      if (probing || now() < openUntil) return null
      probing = true
      return tellProbe
    },
    state: () => (openUntil === null ? 'closed' : now() < openUntil ? 'open' : 'half-open'),
  }
}

type Step = { index: number; total: number; failed: number }

/** Attempts of the last window, counted in a ring of steps: no memory of single attempts, and no timer. */
function attemptCounts(window: number) {
  const ring: Step[] = Array.from({ length: STEPS }, () => ({ index: -1, total: 0, failed: 0 }))
  const stepOf = (time: number) => Math.floor((time * STEPS) / window)
  return {
    add(time: number, isFailure: boolean) {
      const index = stepOf(time)
      const step = ring[index % STEPS]
      if (!step) return
      if (step.index !== index) Object.assign(step, { index, total: 0, failed: 0 })
      step.total++
      if (isFailure) step.failed++
    },
    sum(time: number) {
      const oldest = stepOf(time) - STEPS
      let [total, failed] = [0, 0]
      for (const step of ring) {
        if (step.index <= oldest) continue
        total += step.total
        failed += step.failed
      }
      return { total, failed }
    },
    clear() {
      for (const step of ring) Object.assign(step, { index: -1, total: 0, failed: 0 })
    },
  }
}
