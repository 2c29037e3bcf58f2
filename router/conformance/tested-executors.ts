import type { RouterOptions } from '../router.ts'
import type { RouterSettingsInput } from '../settings.ts'

/** An executor that must give the answers of the suite. */
export type TestedExecutor = {
  readonly name: string
  readonly options: Partial<Omit<RouterOptions, 'settings'>>
  readonly cache: RouterSettingsInput['cache']
  /** Number of repetitions after which an executor has answered in each of its ways. */
  readonly runs: number
}

/** The first run works on trees, the second by generated code. */
const byCode = { cache: { recordings: '0B' }, runs: 2 }
const early = { executor: 'compiled', runsBeforeCode: 1 } as const
/** The first run is observed, the second recorded, the third replayed. */
const byRecording = { cache: {}, runs: 3 }

export const TESTED_EXECUTORS: readonly TestedExecutor[] = [
  { name: 'reference', options: { executor: 'reference' }, cache: {}, runs: 1 },
  { name: 'compiled', options: early, ...byCode },
  { name: 'compiled, recorded', options: { executor: 'compiled' }, ...byRecording },
]
