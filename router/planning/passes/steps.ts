import type { EntityFetch, RootFetch, Step } from '../plan.ts'

/** Number of consecutive requests before each step. */
export function levelsOf(steps: readonly Step[]): ReadonlyMap<Step, number> {
  const levels = new Map<Step, number>()
  const level = (step: Step): number => {
    const known = levels.get(step)
    if (known !== undefined) return known
    let found = 0
    for (const before of step.after) found = Math.max(found, level(before) + 1)
    levels.set(step, found)
    return found
  }
  steps.forEach(level)
  return levels
}

/**
 * A step can be delayed until a later request to the same subgraph, if nothing waits for it until then: the
 * answer is complete at the same time. Steps that a delayed step waits for can be delayed too.
 * @returns the new level of each step.
 */
export function relaxedLevels(steps: readonly Step[]): ReadonlyMap<Step, number> {
  const levels = new Map(levelsOf(steps))
  const levelOf = (step: Step) => levels.get(step) ?? 0
  /** The first level at which another step waits for a step. */
  const ends = new Map<Step, number>()
  // In descending order, so that the steps that wait for a step have their levels already.
  for (const step of [...steps].sort((one, other) => levelOf(other) - levelOf(one))) {
    if (isMergeable(step.fetch)) {
      const own = levelOf(step)
      const end = ends.get(step) ?? Number.POSITIVE_INFINITY
      let later = end
      for (const other of steps) {
        if (other.fetch.subgraph !== step.fetch.subgraph || !isMergeable(other.fetch)) continue
        const level = levelOf(other)
        if (level > own && level < later) later = level
      }
      if (later < end) levels.set(step, later)
    }
    const level = levelOf(step)
    for (const before of step.after) if (!((ends.get(before) ?? level) < level)) ends.set(before, level)
  }
  return levels
}

/** A request that depends on values around its entities may have to be sent several times. */
export function isMergeable(fetch: RootFetch | EntityFetch): fetch is EntityFetch {
  return fetch.kind === 'entities' && !readsAround(fetch)
}

/** Whether a request takes values from objects around its entities (`@fromContext`). */
export function readsAround(fetch: RootFetch | EntityFetch): boolean {
  return fetch.kind === 'entities' && fetch.lanes.some(({ contexts }) => contexts.length > 0)
}
