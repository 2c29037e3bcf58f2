/** The time of day in which messages that can wait are delayed. It may span midnight. */
export type QuietHours = {
  /** Minutes after midnight. */
  readonly from: number
  readonly until: number
  /** A name of the IANA database. */
  readonly timeZone: string
}

const DAY_MINUTES = 1_440
const MINUTE_MS = 60_000
/** Maximum number of steps past a time that a clock change skips. No zone skips more than a day. */
const MAX_STEPS = 96
/** Length of a step. */
const STEP_MINUTES = 15

/** Minutes after midnight of a time such as `22:30`. */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}

/** The time such as `22:30` of minutes after midnight. */
export function timeOf(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return `${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

/** The minutes after midnight that the clocks of a zone show. */
function shownMinutes(at: Date, timeZone: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  return minutesOf(clock.format(at))
}

function isQuiet({ from, until, timeZone }: QuietHours, at: Date): boolean {
  const shown = shownMinutes(at, timeZone)
  return from < until ? from <= shown && shown < until : from <= shown || shown < until
}

/** The difference of two times of day by the shorter way round the clock. */
function apart(minutes: number): number {
  const rest = (((minutes + DAY_MINUTES / 2) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  return rest - DAY_MINUTES / 2
}

const minuteBefore = (at: Date): Date => new Date(at.getTime() - MINUTE_MS)

/** The first instant from `now` at which a message may be sent. */
export function afterQuietHours(quiet: QuietHours | null, now: Date): Date {
  if (!quiet || !isQuiet(quiet, now)) return now
  const ahead = (quiet.until - shownMinutes(now, quiet.timeZone) + DAY_MINUTES) % DAY_MINUTES
  const whole = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS
  let at = new Date(whole + ahead * MINUTE_MS)
  // The clocks may change in between.
  const off = apart(quiet.until - shownMinutes(at, quiet.timeZone))
  const corrected = new Date(at.getTime() + off * MINUTE_MS)
  if (corrected > now) at = corrected
  for (let step = 0; step < MAX_STEPS && isQuiet(quiet, at); step++)
    at = new Date(at.getTime() + STEP_MINUTES * MINUTE_MS)
  // Quiet hours whose end is a time that the clocks skip end at the clock change.
  for (let before = minuteBefore(at); before > now && !isQuiet(quiet, before); before = minuteBefore(at))
    at = before
  return at
}
