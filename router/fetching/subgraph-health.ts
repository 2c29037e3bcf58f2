import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type CircuitBreaker, circuitBreaker } from './circuit-breaker.ts'
import { type RetryBudget, retryBudget } from './retry-budget.ts'

/** State that all calls to one subgraph share, across supergraphs. */
export type SubgraphHealth = { readonly breaker: CircuitBreaker; readonly budget: RetryBudget }

/** By subgraph and URL: a subgraph with another URL begins with a new state. */
export type HealthOf = (subgraph: string, url: URL) => SubgraphHealth

/** @param now milliseconds, of any clock that only grows. */
export function subgraphHealth(
  { breaker, retries }: RouterSettings['fetching'],
  log: Log,
  now: () => number = () => performance.now(),
): HealthOf {
  const known = new Map<string, SubgraphHealth>()
  return (subgraph, { href }) => {
    const key = `${subgraph} ${href}`
    const health = known.get(key) ?? {
      breaker: circuitBreaker(breaker, now, (state) =>
        log.warn({ subgraph, state }, 'the circuit breaker of a subgraph changed'),
      ),
      budget: retryBudget(retries),
    }
    known.set(key, health)
    return health
  }
}
