import { RUNS_BEFORE_CODE } from '../execution/compiled/compiled-program.ts'
import type { RouterOptions } from '../router.ts'
import type { RouterSettingsInput } from '../settings.ts'

/** A way to run operations that must answer as the suite says. */
export type Contestant = {
  readonly name: string
  readonly options: Partial<Omit<RouterOptions, 'settings'>>
  readonly cache: RouterSettingsInput['cache']
  /** How often it is asked the same until it has answered in every way that it has. */
  readonly runs: number
}

/** Until code is generated. */
const byCode = { cache: { recordings: '0B' }, runs: RUNS_BEFORE_CODE + 1 }
/** Seen, recorded, replayed. */
const byRecording = { cache: {}, runs: 3 }

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'reference', options: { executor: 'reference' }, cache: {}, runs: 1 },
  { name: "compiled, Apollo's plans", options: { executor: 'compiled', planner: 'apollo' }, ...byCode },
  { name: "compiled, Hive's plans", options: { executor: 'compiled', planner: 'hive' }, ...byCode },
  { name: 'compiled, planned directly', options: { executor: 'compiled' }, ...byCode },
  {
    name: "compiled, Apollo's plans, recorded",
    options: { executor: 'compiled', planner: 'apollo' },
    ...byRecording,
  },
]
