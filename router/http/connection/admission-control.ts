/** Requests that may be in work whatever the event loop does. */
export const FREE_PLACES = 32
/** Requests that start in one turn of the event loop, at most. */
const STARTS_PER_TURN = 8
/** Milliseconds. A turn of the event loop that took no longer had nothing to do: an empty one takes 5 µs, an answer of a subgraph 40. */
const IDLE_TURN_MS = 0.02
/** The share of its time that the event loop is to be busy while requests wait. */
const TARGET = 0.95
/** An event loop that is busy for a smaller share needs more requests soon. */
const IDLE_SHARE = 0.5
/** Milliseconds of a window in which the event loop idles. Others last as long as requests do. */
export const SHORT_WINDOW_MS = 50
/** Milliseconds of a window in which the event loop is busy. */
const LONG_WINDOW_MS = 200
/** Factor by which the places become fewer from one window to the next, at most. */
const LEAST_STEP = 0.85
/** Factor by which the places grow from one window to the next, at most. */
const LARGEST_STEP = 4

export type Load = {
  /** Requests that wait at the door. */
  readonly waiting: number
  /** Requests that have started, and are not answered. */
  readonly working: number
  /** How long the last turn of the event loop was, in milliseconds, waiting for events excluded. */
  readonly turnMs: number
}

/**
 * Decides how many of the requests that wait at the door start now. Beyond the free places, one starts when the event loop
 * has nothing else to do. A request that starts earlier would only grow old in memory, which costs twice the CPU time.
 * @param places how many may be in work.
 */
export function startsNow({ waiting, working, turnMs }: Load, places: number): number {
  const free = Math.min(FREE_PLACES, places) - working
  if (free > 0) return Math.min(waiting, free, STARTS_PER_TURN)
  return turnMs <= IDLE_TURN_MS && working < places ? Math.min(waiting, 1) : 0
}

/** A time in which requests waited. */
export type Window = {
  readonly ms: number
  /** The share of it in which the event loop was busy. */
  readonly utilization: number
  /** Requests in work, at most. */
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
  const wanted = utilization > TARGET ? LEAST_STEP : Math.sqrt(TARGET / utilization)
  const next = working * Math.min(LARGEST_STEP, wanted)
  return Math.min(most, Math.max(Math.min(FREE_PLACES, most), Math.ceil(next)))
}
