import type { RouterOptions } from '../router.ts'

/** A way to run operations that must answer as the suite says. */
export type Contestant = {
  readonly name: string
  readonly options: Partial<Omit<RouterOptions, 'settings'>>
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'reference', options: { executor: 'reference' } },
  { name: "compiled, Apollo's plans", options: { executor: 'compiled', planner: 'apollo' } },
  { name: "compiled, Hive's plans", options: { executor: 'compiled', planner: 'hive' } },
]
