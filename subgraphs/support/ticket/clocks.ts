/** Times within which tickets of a priority are answered and resolved. */
export type Target = { readonly firstResponseMinutes: number; readonly resolutionMinutes: number }

/** The two deadlines of a ticket: the first answer, and the resolution, which pauses while the ticket waits for the customer. */
export type Clocks = Target & {
  readonly firstResponseDueAt: Date
  readonly firstRespondedAt: Date | null
  /** The deadline that was missed. */
  readonly firstResponseBreachedAt: Date | null
  /** While the clock is paused, the deadline as of `pausedAt`. */
  readonly resolutionDueAt: Date
  readonly pausedAt: Date | null
  /** The deadline that was missed. */
  readonly resolutionBreachedAt: Date | null
}

export type ClockName = 'FIRST_RESPONSE' | 'RESOLUTION'

export type Breach = { readonly clock: ClockName; readonly dueAt: Date }

const MINUTE_MS = 60_000

const later = (time: Date, ms: number) => new Date(time.getTime() + ms)

/** The clocks of a ticket that is opened now. */
export function startClocks({ firstResponseMinutes, resolutionMinutes }: Target, now: Date): Clocks {
  return {
    firstResponseMinutes,
    resolutionMinutes,
    firstResponseDueAt: later(now, firstResponseMinutes * MINUTE_MS),
    firstRespondedAt: null,
    firstResponseBreachedAt: null,
    resolutionDueAt: later(now, resolutionMinutes * MINUTE_MS),
    pausedAt: null,
    resolutionBreachedAt: null,
  }
}

/** Stops the clocks; paused ones stay as they are. */
export function pause<T extends Clocks>(clocks: T, now: Date): T {
  return clocks.pausedAt ? clocks : { ...clocks, pausedAt: now }
}

/** Continues the clocks: deadlines that are not met yet move by the length of the pause. */
export function resume<T extends Clocks>(clocks: T, now: Date): T {
  const { pausedAt, resolutionDueAt, firstResponseDueAt, firstRespondedAt } = clocks
  if (!pausedAt) return clocks
  const pausedMs = Math.max(0, now.getTime() - pausedAt.getTime())
  return {
    ...clocks,
    pausedAt: null,
    firstResponseDueAt: firstRespondedAt ? firstResponseDueAt : later(firstResponseDueAt, pausedMs),
    resolutionDueAt: later(resolutionDueAt, pausedMs),
  }
}

/** The first answer ends its clock. */
export function respond<T extends Clocks>(clocks: T, now: Date): T {
  return clocks.firstRespondedAt ? clocks : { ...clocks, firstRespondedAt: now }
}

/** Moves the deadlines by the difference of two targets. A breach stays, as it happened. */
export function retarget<T extends Clocks>(clocks: T, target: Target): T {
  const { firstResponseMinutes, resolutionMinutes } = target
  const moved = (due: Date, before: number, after: number) => later(due, (after - before) * MINUTE_MS)
  return {
    ...clocks,
    firstResponseMinutes,
    resolutionMinutes,
    firstResponseDueAt: moved(clocks.firstResponseDueAt, clocks.firstResponseMinutes, firstResponseMinutes),
    resolutionDueAt: moved(clocks.resolutionDueAt, clocks.resolutionMinutes, resolutionMinutes),
  }
}

/** The running deadlines. A clock that has ended or is paused has none. */
function running({ firstRespondedAt, firstResponseDueAt, pausedAt, resolutionDueAt }: Clocks): Breach[] {
  const first: Breach = { clock: 'FIRST_RESPONSE', dueAt: firstResponseDueAt }
  const resolution: Breach = { clock: 'RESOLUTION', dueAt: resolutionDueAt }
  // A ticket that was resolved without an answer is paused and needs none.
  return pausedAt ? [] : [...(firstRespondedAt ? [] : [first]), resolution]
}

function isMarked({ firstResponseBreachedAt, resolutionBreachedAt }: Clocks, clock: ClockName): boolean {
  return (clock === 'FIRST_RESPONSE' ? firstResponseBreachedAt : resolutionBreachedAt) !== null
}

const earliest = (deadlines: readonly Breach[]): Date | null =>
  deadlines.map(({ dueAt }) => dueAt).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null

/** The earliest running deadline; null if no clock runs. */
export function nextDue(clocks: Clocks): Date | null {
  return earliest(running(clocks))
}

/** The earliest running deadline that is not marked as missed, which is when the timer handles the ticket. */
export function nextBreach(clocks: Clocks): Date | null {
  return earliest(running(clocks).filter(({ clock }) => !isMarked(clocks, clock)))
}

/** Running deadlines that have passed and are not marked yet. */
export function missed(clocks: Clocks, now: Date): Breach[] {
  return running(clocks).filter(({ clock, dueAt }) => dueAt <= now && !isMarked(clocks, clock))
}

/** Marks deadlines as missed. */
export function mark<T extends Clocks>(clocks: T, breaches: readonly Breach[]): T {
  if (breaches.length === 0) return clocks
  const missedBy = (name: ClockName) => breaches.find(({ clock }) => clock === name)?.dueAt
  return {
    ...clocks,
    firstResponseBreachedAt: missedBy('FIRST_RESPONSE') ?? clocks.firstResponseBreachedAt,
    resolutionBreachedAt: missedBy('RESOLUTION') ?? clocks.resolutionBreachedAt,
  }
}
