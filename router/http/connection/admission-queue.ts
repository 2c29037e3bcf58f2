import { FREE_PLACES, nextPlaces, SHORT_WINDOW_MS, startsNow } from './admission-control.ts'

export type AdmissionLimits = {
  /** Maximum number of running requests. */
  readonly working: number
  /** Maximum number of waiting requests. */
  readonly waiting: number
  /** Maximum time for which a request waits, in milliseconds. */
  readonly wait: number
}

/** A request in the queue. */
export type QueuedRequest = {
  /** Starts the work; the caller reports its end by `leave`. */
  readonly start: () => void
  /** Called instead of `start` if too many requests wait, or it has waited too long. */
  readonly refuse: () => void
}

export type AdmissionQueue = {
  /** Starts a request at once or in its turn; refuses it if too many wait. */
  enter(guest: QueuedRequest): void
  /** A started request has ended. */
  leave(): void
  /** Removes a request that has not started. */
  forget(guest: QueuedRequest): void
}

/**
 * Milliseconds of a turn of the event loop during which arriving requests start at once. Later ones let the
 * loop continue first.
 */
const TURN_MS = 5

/**
 * The queue of the router: requests wait here, before anything of them is read, until `startsNow` admits
 * them, in order of arrival.
 * @param now in milliseconds.
 */
export function admissionQueue(limits: AdmissionLimits, now = () => performance.now()): AdmissionQueue {
  const { working: most, waiting: longest, wait } = limits
  const least = Math.min(FREE_PLACES, most)
  /** Time of arrival of each request. */
  const line = new Map<QueuedRequest, number>()
  let working = 0
  let isTurning = false
  let turnEnded = 0

  const turn = () => {
    isTurning = false
    let starts = startsNow({ waiting: line.size, working, turnMs: now() - turnEnded }, places.count())
    for (const guest of line.keys()) {
      if (starts-- <= 0) break
      line.delete(guest)
      places.taken(++working)
      guest.start()
    }
    turnEnded = now()
    takeTurns()
  }
  const takeTurns = () => {
    if (isTurning || line.size === 0 || working >= places.count()) return
    isTurning = true
    setImmediate(turn)
  }
  const places = placesByLoad(most, now, () => ({ waiting: line.size, working }), takeTurns)
  const expire = expiry(line, wait, now)
  const isEarly = earlyInTurn(now)
  return {
    enter(guest) {
      if (line.size === 0 && working < least && isEarly()) {
        working++
        guest.start()
        return
      }
      if (line.size >= longest) return guest.refuse()
      line.set(guest, now())
      expire()
      places.watch()
      takeTurns()
    },
    leave() {
      working--
      takeTurns()
    },
    forget: (guest) => void line.delete(guest),
  }
}

type Places = {
  /** Maximum number of running requests. */
  count(): number
  /** Number of requests in work. */
  taken(working: number): void
  /** Begins a window, unless one is open. */
  watch(): void
}

/** As many places as `nextPlaces` calculates, one window after the other, as long as requests wait. */
function placesByLoad(
  most: number,
  now: () => number,
  load: () => { readonly waiting: number; readonly working: number },
  changed: () => void,
): Places {
  let count = Math.min(FREE_PLACES, most)
  let peak = 0
  let isOpen = false
  const open = () => {
    isOpen = true
    peak = load().working
    const [began, busy] = [now(), performance.eventLoopUtilization()]
    const look = () => {
      const { utilization } = performance.eventLoopUtilization(busy)
      const next = nextPlaces({ ms: now() - began, utilization, working: peak }, most)
      isOpen = load().waiting > 0
      if (!isOpen) return
      if (next === null) return wait()
      count = next
      open()
      changed()
    }
    const wait = () => void setTimeout(look, SHORT_WINDOW_MS).unref()
    wait()
  }
  return {
    count: () => count,
    taken(working) {
      peak = Math.max(peak, working)
    },
    watch() {
      if (!isOpen) open()
    },
  }
}

/**
 * @returns a function to call when a request begins to wait. Refuses requests that have waited for `wait`
 * milliseconds.
 */
function expiry(line: Map<QueuedRequest, number>, wait: number, now: () => number): () => void {
  let isSet = false
  const set = (ms: number) => {
    isSet = true
    setTimeout(refuseLate, ms).unref()
  }
  const refuseLate = () => {
    isSet = false
    const late = now() - wait
    for (const [guest, since] of line) {
      if (since > late) return set(Math.max(1, since - late))
      line.delete(guest)
      guest.refuse()
    }
  }
  return () => {
    if (!isSet) set(wait)
  }
}

/**
 * @returns whether the current time is among the first milliseconds of arrivals in this turn of the event
 * loop.
 */
function earlyInTurn(now: () => number): () => boolean {
  let first: number | null = null
  const forget = () => {
    first = null
  }
  return () => {
    const time = now()
    if (first !== null) return time - first < TURN_MS
    first = time
    setImmediate(forget)
    return true
  }
}
