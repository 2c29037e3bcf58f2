import type { RouterOptions } from '../router.ts'
import type { RouterSettingsInput } from '../settings.ts'

/** A way to run operations that must answer as the suite says. */
export type Contestant = {
  readonly name: string
  readonly options: Partial<Omit<RouterOptions, 'settings'>>
  readonly cache: RouterSettingsInput['cache']
  /** Number of repetitions after which an executor has answered in each of its ways. */
  readonly runs: number
}

/** Once on trees, once by code of its own. */
const byCode = { cache: { recordings: '0B' }, runs: 2 }
const early = { executor: 'compiled', runsBeforeCode: 1 } as const
/** Seen, recorded, replayed. */
const byRecording = { cache: {}, runs: 3 }

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'reference', options: { executor: 'reference' }, cache: {}, runs: 1 },
  { name: 'compiled', options: early, ...byCode },
  { name: 'compiled, recorded', options: { executor: 'compiled' }, ...byRecording },
]
