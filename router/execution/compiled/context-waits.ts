import type { Step } from '../../planning/plan.ts'
import { says } from './real-waits.ts'
import { readsAround } from './steps.ts'

/**
 * Apollo's planner lets a request that takes a value from an object further above (`@fromContext`) go before, or beside,
 * the one that brings this value, which is then not there. Here it waits for each that has the name of the value in its
 * words, and does not wait for it.
 */
export function withContextWaits(steps: readonly Step[]): readonly Step[] {
  if (!steps.some(({ fetch }) => readsAround(fetch))) return steps
  const after = new Map(steps.map((step) => [step, new Set(step.after)]))
  const waits = (step: Step, other: Step, seen = new Set<Step>()): boolean =>
    [...(after.get(step) ?? [])].some((before) => {
      if (before === other) return true
      if (seen.has(before)) return false
      return waits(before, other, seen.add(before))
    })
  for (const step of steps) {
    const names = contextNames(step)
    for (const other of names.length > 0 ? steps : []) {
      const brings = names.some((name) => says(other.fetch.operation, name))
      if (brings && other !== step && !waits(other, step)) after.get(step)?.add(other)
    }
  }
  const placed = new Map<Step, Step>()
  const place = (step: Step): Step => {
    const known = placed.get(step)
    if (known) return known
    const made = { fetch: step.fetch, after: new Set([...(after.get(step) ?? [])].map(place)) }
    placed.set(step, made)
    return made
  }
  steps.forEach(place)
  return [...placed.values()]
}

function contextNames({ fetch }: Step): readonly string[] {
  const lanes = fetch.kind === 'entities' ? fetch.lanes : []
  return lanes.flatMap(({ contexts }) =>
    contexts.flatMap(({ path }) => path.flatMap((part) => (part.kind === 'field' ? [part.name] : []))),
  )
}
