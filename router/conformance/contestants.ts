import type { RouterOptions } from '../router.ts'

/** A way to run operations that must answer as the suite says. */
export type Contestant = {
  readonly name: string
  readonly executor: 'reference' | 'compiled'
  readonly planner: 'apollo' | 'hive'
  readonly options: Partial<Omit<RouterOptions, 'settings'>>
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'reference', executor: 'reference', planner: 'apollo', options: {} },
]
