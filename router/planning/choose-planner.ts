import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import type { Log } from '../telemetry/log.ts'
import { messageOf } from '../usage-error.ts'
import { apolloPlanner } from './apollo-planner.ts'
import { hivePlanner } from './hive-planner.ts'
import { type Budget, OutsideFailure, OverBudget } from './outside.ts'
import type { Planner } from './planner.ts'

/** So often may Hive's planner break within a minute before it is asked no more: each time costs the start of a process. */
const BREAKS = 10
const BREAKS_WITHIN_MS = 60_000

/** Hive's planner where it can be had, with Apollo's for what it cannot plan; Apollo's alone otherwise or on request. */
export function choosePlanner(
  { sdl }: Pick<LoadedSupergraph, 'sdl'>,
  wanted: Planner['name'],
  log: Log,
  budget: Budget,
): Planner {
  const apollo = apolloPlanner(sdl, budget)
  if (wanted === 'apollo') return apollo
  const hive = hivePlanner(sdl, budget)
  if ('reason' in hive) {
    log.info({ reason: hive.reason }, 'planning with Apollo’s planner instead of Hive’s')
    return apollo
  }
  return withFallback(hive, apollo, log)
}

/**
 * A planner that is chosen with the first operation that needs one, which may be none: looking whether Hive's loads takes 13 ms
 * and 7 MB.
 */
export function whenAsked(choose: () => Planner): Pick<Planner, 'plan' | 'close'> {
  let chosen: Planner | null = null
  let closed = false
  return {
    plan(operation, overriding) {
      if (!chosen) {
        chosen = choose()
        // It still plans for whoever comes late, and lets go of what that takes.
        if (closed) chosen.close()
      }
      return chosen.plan(operation, overriding)
    },
    close() {
      closed = true
      chosen?.close()
    },
  }
}

/** What one planner cannot plan, or finds nothing to fetch for, another is asked for. */
export function withFallback(first: Planner, second: Planner, log: Pick<Log, 'warn'>): Planner {
  const breaks: number[] = []
  const breaksTooOften = () => {
    const [oldest = 0] = breaks
    return breaks.length >= BREAKS && performance.now() - oldest < BREAKS_WITHIN_MS
  }
  return {
    name: first.name,
    async plan(operation, overriding) {
      if (breaksTooOften()) return second.plan(operation, overriding)
      try {
        const plan = await first.plan(operation, overriding)
        if (plan.root) return plan
      } catch (error) {
        log.warn({ planner: first.name, reason: messageOf(error) }, 'an operation was not planned')
        // It took too much of the first, and would again: this is told, whatever comes of the second.
        if (error instanceof OverBudget) return orThrow(error, second.plan(operation, overriding))
        if (error instanceof OutsideFailure) breaks.push(performance.now())
        if (breaks.length > BREAKS) breaks.shift()
      }
      return second.plan(operation, overriding)
    },
    close() {
      first.close()
      second.close()
    },
  }
}

async function orThrow<Value>(failure: OverBudget, attempt: Promise<Value>): Promise<Value> {
  try {
    return await attempt
  } catch (error) {
    throw error instanceof OutsideFailure ? error : failure
  }
}
