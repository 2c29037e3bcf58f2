import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import type { Log } from '../telemetry/log.ts'
import { apolloPlanner } from './apollo-planner.ts'
import { hivePlanner } from './hive-planner.ts'
import type { Planner } from './planner.ts'

/** Hive's planner where it can be had, Apollo's otherwise or on request. */
export function choosePlanner(
  { sdl }: Pick<LoadedSupergraph, 'sdl'>,
  wanted: Planner['name'],
  log: Log,
): Planner {
  if (wanted === 'apollo') return apolloPlanner(sdl)
  const hive = hivePlanner(sdl)
  if (!('reason' in hive)) return hive
  log.info({ reason: hive.reason }, 'planning with Apollo’s planner instead of Hive’s')
  return apolloPlanner(sdl)
}
