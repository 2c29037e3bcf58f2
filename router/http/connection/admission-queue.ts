import { FREE_PLACES, nextPlaces, SHORT_WINDOW_MS, startsNow } from './admission-control.ts'

export type DoorLimits = {
  /** Requests in work. */
  readonly working: number
  /** Requests that wait to be begun. */
  readonly waiting: number
  /** Milliseconds that one waits. */
  readonly wait: number
}

/** A request at the door. */
export type Guest = {
  /** Starts the work; the caller reports its end by `leave`. */
  readonly start: () => void
  /** Called instead of `start`: too many wait, or it has waited too long. */
  readonly refuse: () => void
}

export type Door = {
  /** Starts a request at once, or in its turn; refuses it where too many wait. */
  enter(guest: Guest): void
  /** One that was started is over. */
  leave(): void
  /** One that has not been started is to be forgotten. */
  forget(guest: Guest): void
}

/** Milliseconds. Requests that arrive in one turn of the event loop start in it for so long; the others let it go on first. */
const TURN_MS = 5

/**
 * The door of the router: requests wait here, before anything of them is read, made or awaited, until `startsNow` lets them
 * in, in order of arrival.
 * @param now in milliseconds.
 */
export function openDoor(limits: DoorLimits, now = () => performance.now()): Door {
  const { working: most, waiting: longest, wait } = limits
  const least = Math.min(FREE_PLACES, most)
  /** When each arrived. */
  const line = new Map<Guest, number>()
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
  /** How many requests may be in work. */
  count(): number
  /** Number of requests in work. */
  taken(working: number): void
  /** Begins a window of time, unless one is open. */
  watch(): void
}

/** As many places as `nextPlaces` finds, one window of time after the other, as long as requests wait. */
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

/** @returns called when one has come to wait: refuses those who have waited for `wait` milliseconds. */
function expiry(line: Map<Guest, number>, wait: number, now: () => number): () => void {
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

/** @returns whether what arrives is among the first milliseconds of arrivals in this turn of the event loop. */
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
