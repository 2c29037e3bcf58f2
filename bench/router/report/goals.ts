import type { Measured } from './load-report.ts'
import { figure } from './table.ts'

/** A goal of scenario one: the ratio of two contestants, given by parts of their names. */
type Goal = {
  readonly what: string
  readonly of: string
  readonly against: string
  readonly ratio: 'requests' | 'p99'
  readonly least: number
}

export const GOALS: readonly Goal[] = [
  {
    what: 'requests/s, no sharing',
    of: 'argyle, no sharing',
    against: 'stock',
    ratio: 'requests',
    least: 12,
  },
  {
    what: 'requests/s, every answer read',
    of: 'argyle, no sharing, no recordings',
    against: 'stock',
    ratio: 'requests',
    least: 12,
  },
  { what: 'requests/s, sharing', of: 'argyle', against: 'stock', ratio: 'requests', least: 22 },
  { what: 'requests/s, sharing', of: 'argyle', against: 'Hive Gateway, Rust', ratio: 'requests', least: 6 },
  {
    what: 'requests/s, no sharing',
    of: 'argyle, no sharing',
    against: 'ceiling: the same',
    ratio: 'requests',
    least: 0.65,
  },
  {
    what: 'requests/s, every answer read',
    of: 'argyle, no sharing, no recordings',
    against: 'ceiling: the same',
    ratio: 'requests',
    least: 0.65,
  },
  { what: 'p99, inverse', of: 'argyle', against: 'stock', ratio: 'p99', least: 15 },
]

/** One line for each goal of which both sides were measured. */
export function goalLines(measured: readonly Measured[], goals = GOALS): string[] {
  return goals.flatMap(({ what, of, against, ratio, least }) => {
    const mine = measured.find(({ contestant }) => contestant.name === of)?.figures
    const other = measured.find(({ contestant }) => contestant.name.startsWith(against))?.figures
    if (!mine || !other) return []
    const reached = ratio === 'p99' ? other.p99 / mine.p99 : mine.requestsPerSecond / other.requestsPerSecond
    const verdict = reached >= least ? 'reached' : 'not reached'
    return [`  ${of} against ${against}, ${what}: ${figure(reached)} × (goal ${least} ×: ${verdict})`]
  })
}
