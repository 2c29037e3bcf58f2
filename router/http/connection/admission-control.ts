/** Number of requests that may run whatever the load of the event loop. */
export const FREE_PLACES = 32
/** Maximum number of requests that start in one turn of the event loop. */
const STARTS_PER_TURN = 8
/**
 * Duration in milliseconds up to which a turn of the event loop counts as idle. An empty turn takes 5 µs, a
 * subgraph's answer 40 µs.
 */
const IDLE_TURN_MS = 0.02
/** Target utilization of the event loop while requests wait. */
const TARGET = 0.95
/** Utilization below which the event loop needs more requests soon. */
const IDLE_SHARE = 0.5
/**
 * Length in milliseconds of a window in which the event loop idles. Other windows last as long as requests
 * do.
 */
export const SHORT_WINDOW_MS = 50
/** Length in milliseconds of a window in which the event loop is busy. */
const LONG_WINDOW_MS = 200
/** Minimum factor between the numbers of places of consecutive windows. */
const MIN_STEP = 0.85
/** Maximum factor between the numbers of places of consecutive windows. */
const MAX_STEP = 4

export type Load = {
  /** Requests that wait in the queue. */
  readonly waiting: number
  /** Requests that have started and are not answered. */
  readonly working: number
  /**
   * Duration of the last turn of the event loop in milliseconds, without the time in which it waited for
   * events.
   */
  readonly turnMs: number
}

/**
 * Decides how many of the waiting requests start now. Beyond the free places, one starts when the event loop
 * has nothing else to do. A request that starts earlier would only stay in memory for longer, which costs
 * twice the CPU time.
 * @param places maximum number of running requests.
 */
export function startsNow({ waiting, working, turnMs }: Load, places: number): number {
  const free = Math.min(FREE_PLACES, places) - working
  if (free > 0) return Math.min(waiting, free, STARTS_PER_TURN)
  return turnMs <= IDLE_TURN_MS && working < places ? Math.min(waiting, 1) : 0
}

/** A period in which requests waited. */
export type Window = {
  readonly ms: number
  /** The share of it in which the event loop was busy. */
  readonly utilization: number
  /** Maximum number of running requests. */
  readonly working: number
}

/**
 * Decides how many requests may run concurrently. The load of the event loop grows with their number as long
 * as they wait for subgraphs; the root damps oscillation.
 * @param most maximum number of places
 * @returns null if the window continues
 */
export function nextPlaces({ ms, utilization, working }: Window, most: number): number | null {
  if (utilization > IDLE_SHARE && ms < LONG_WINDOW_MS) return null
  const wanted = utilization > TARGET ? MIN_STEP : Math.sqrt(TARGET / utilization)
  const next = working * Math.min(MAX_STEP, wanted)
  return Math.min(most, Math.max(Math.min(FREE_PLACES, most), Math.ceil(next)))
}
