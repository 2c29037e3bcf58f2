import type { EntityFetch, PlanPath, RequiredSelection, RootFetch, Step } from '../../planning/plan.ts'
import { readsAround } from './steps.ts'

/**
 * Planners put whole groups of requests one after the other. Here each waits only for those that can give it the
 * objects on its path or what it requires of them, or that read what it writes. Told by the words of the operations:
 * a word that stands in one for another reason makes a request wait as the planner said.
 * @param steps each after those that it waits for.
 */
export function withRealWaits(steps: readonly Step[]): readonly Step[] {
  // What one mutation has done, the next may see.
  if (steps.some(({ fetch }) => fetch.kind === 'root' && fetch.operationKind === 'mutation')) return steps
  const positions = new Map(steps.map((step, position) => [step, position]))
  const uses = steps.map(({ fetch }) => useOf(fetch))
  // Of each step: all that the planner put before it, and all that it waits for, by what it waits for itself.
  const planned: Positions[] = []
  const real: Positions[] = []
  const freed: Step[] = []
  for (const { fetch, after } of steps) {
    const before = newPositions(steps.length)
    for (const other of after) addWithTheirs(before, positions.get(other) ?? 0, planned)
    const use = uses[planned.length]
    const waitsFor: number[] = []
    for (let other = 0; other < planned.length; other++)
      if (before[other] === 1 && collide(use, uses[other])) waitsFor.push(other)
    const waits = newPositions(steps.length)
    for (const other of waitsFor) addWithTheirs(waits, other, real)
    const direct = new Set<Step>()
    for (const other of waitsFor) {
      const isBehind = waitsFor.some((between) => real[between]?.[other] === 1)
      const step = freed[other]
      if (step && !isBehind) direct.add(step)
    }
    planned.push(before)
    real.push(waits)
    freed.push({ fetch, after: direct })
  }
  return freed
}

/** A set of steps: 1 at the position of each that is in it. */
type Positions = Uint8Array

function newPositions(count: number): Positions {
  return new Uint8Array(count)
}

/** Adds a step and all that belong to it. */
function addWithTheirs(set: Positions, position: number, theirs: readonly Positions[]): void {
  set[position] = 1
  const further = theirs[position]
  if (further) for (let at = 0; at < further.length; at++) if (further[at] === 1) set[at] = 1
}

/** What a request reads of the answer so far, and where it writes. */
type Use = {
  readonly places: readonly Place[]
  /** Of the operation. */
  readonly text: string
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
  const { operation: text } = fetch
  if (fetch.kind === 'root')
    return { places: [placeOf(fetch.path, null, fetch.outputRewrites)], text, readsAround: false }
  const places: Place[] = []
  for (const { paths, requires, outputRewrites } of fetch.lanes) {
    const required = namesOf(requires)
    for (const path of paths) places.push(placeOf(path, required, outputRewrites))
  }
  return { places, text, readsAround: readsAround(fetch) }
}

function placeOf(path: PlanPath, required: Place['required'], rewrites: readonly unknown[]): Place {
  const keys: string[] = []
  let isTyped = false
  for (const step of path) {
    if (step.kind === 'field') keys.push(step.name)
    else if (step.kind === 'types') isTyped = true
  }
  return { keys, required, isTyped, rewrites: rewrites.length > 0 }
}

function namesOf(requires: readonly RequiredSelection[], names = new Set<string>()): ReadonlySet<string> {
  for (const part of requires) {
    if (part.kind === 'field') names.add(part.name)
    else namesOf(part.selections, names)
  }
  return names
}

function collide(one: Use | undefined, other: Use | undefined): boolean {
  if (!one || !other || one.readsAround || other.readsAround) return true
  return writesFor(one, other) || writesFor(other, one)
}

function writesFor({ places, text }: Use, reader: Use): boolean {
  for (const read of reader.places) {
    for (const written of places) if (writesAt(written, read, text)) return true
  }
  return false
}

function writesAt(written: Place, read: Place, text: string): boolean {
  const [to, from] = [written.keys, read.keys]
  const shorter = Math.min(to.length, from.length)
  for (let at = 0; at < shorter; at++) if (to[at] !== from[at]) return false
  if (written.rewrites) return true
  const below = to[from.length]
  if (below !== undefined) return read.required?.has(below) === true
  if (read.isTyped && says(text, '__typename')) return true
  const next = from[to.length]
  if (next !== undefined) return says(text, next)
  if (!read.required) return false
  // A representation says its type.
  if (says(text, '__typename')) return true
  for (const name of read.required) if (says(text, name)) return true
  return false
}

/** Whether a word stands in a text. Asked of a few words: to list them all took a quarter of what compiling a plan did. */
export function says(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text.charCodeAt(at - 1)) && !isLetter(text.charCodeAt(at + word.length))) return true
  }
  return false
}

/** Of a name in GraphQL; NaN, beyond the text, is none. */
function isLetter(code: number): boolean {
  const isDigit = code >= 48 && code <= 57
  return isDigit || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
}
