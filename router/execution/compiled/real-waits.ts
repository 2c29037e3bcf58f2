import type { EntityFetch, PlanPath, RequiredSelection, RootFetch } from '../../planning/plan.ts'
import { readsAround, type Step } from './steps.ts'

/**
 * Planners put whole groups of requests one after the other. Here each waits only for those that can give it the
 * objects on its path or what it requires of them, or that read what it writes. Told by the words of the operations:
 * a word that stands in one for another reason makes a request wait as the planner said.
 * @param steps each after those that it waits for.
 */
export function withRealWaits(steps: readonly Step[]): readonly Step[] {
  // What one mutation has done, the next may see.
  if (steps.some(({ fetch }) => fetch.kind === 'root' && fetch.operationKind === 'mutation')) return steps
  const uses = new Map(steps.map((step) => [step, useOf(step.fetch)]))
  // Of each step: all that the planner put before it, and all that it waits for, by what it waits for itself.
  const planned = new Map<Step, ReadonlySet<Step>>()
  const real = new Map<Step, ReadonlySet<Step>>()
  const freed = new Map<Step, Step>()
  for (const step of steps) {
    const before = withTheirs(step.after, planned)
    const use = uses.get(step)
    const waitsFor = [...before].filter((other) => collide(use, uses.get(other)))
    const direct = waitsFor.filter((other) => !waitsFor.some((between) => real.get(between)?.has(other)))
    planned.set(step, before)
    real.set(step, withTheirs(waitsFor, real))
    freed.set(step, { fetch: step.fetch, after: new Set(direct.map((other) => freed.get(other) ?? other)) })
  }
  return [...freed.values()]
}

function withTheirs(steps: Iterable<Step>, theirs: ReadonlyMap<Step, ReadonlySet<Step>>): ReadonlySet<Step> {
  const all = new Set<Step>()
  for (const step of steps) {
    all.add(step)
    for (const further of theirs.get(step) ?? []) all.add(further)
  }
  return all
}

/** What a request reads of the answer so far, and where it writes. */
type Use = {
  readonly places: readonly Place[]
  readonly words: ReadonlySet<string>
  /** It reads more than its places say. */
  readonly readsAround: boolean
}

type Place = {
  readonly keys: readonly string[]
  /** What is read of the objects themselves; null: nothing. */
  readonly required: ReadonlySet<string> | null
  /** Which objects are meant depends on their types. */
  readonly isTyped: boolean
  /** What is written is not what the operation says. */
  readonly rewrites: boolean
}

function useOf(fetch: RootFetch | EntityFetch): Use {
  const words = new Set(fetch.operation.match(/\w+/g))
  if (fetch.kind === 'root')
    return { places: [placeOf(fetch.path, null, fetch.outputRewrites)], words, readsAround: false }
  return {
    places: fetch.lanes.flatMap(({ paths, requires, outputRewrites }) => {
      const required = namesOf(requires)
      return paths.map((path) => placeOf(path, required, outputRewrites))
    }),
    words,
    readsAround: readsAround(fetch),
  }
}

function placeOf(path: PlanPath, required: Place['required'], rewrites: readonly unknown[]): Place {
  return {
    keys: path.flatMap((step) => (step.kind === 'field' ? [step.name] : [])),
    required,
    isTyped: path.some(({ kind }) => kind === 'types'),
    rewrites: rewrites.length > 0,
  }
}

function namesOf(requires: readonly RequiredSelection[]): ReadonlySet<string> {
  return new Set(
    requires.flatMap((part) => (part.kind === 'field' ? [part.name] : [...namesOf(part.selections)])),
  )
}

function collide(one: Use | undefined, other: Use | undefined): boolean {
  if (!one || !other || one.readsAround || other.readsAround) return true
  return writesFor(one, other) || writesFor(other, one)
}

function writesFor({ places, words }: Use, reader: Use): boolean {
  return reader.places.some((read) => places.some((written) => writesAt(written, read, words)))
}

function writesAt(written: Place, read: Place, words: ReadonlySet<string>): boolean {
  const [to, from] = [written.keys, read.keys]
  const shorter = Math.min(to.length, from.length)
  for (let at = 0; at < shorter; at++) if (to[at] !== from[at]) return false
  if (written.rewrites) return true
  const below = to[from.length]
  if (below !== undefined) return read.required?.has(below) === true
  if (read.isTyped && words.has('__typename')) return true
  const next = from[to.length]
  if (next !== undefined) return words.has(next)
  if (!read.required) return false
  // A representation says its type.
  if (words.has('__typename')) return true
  for (const name of read.required) if (words.has(name)) return true
  return false
}
