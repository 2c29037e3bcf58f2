import { Kind, type SelectionNode } from 'graphql'
import type { Entry, OwnedType, Ownership } from './owned-type.ts'
import { isResolvedBy, providedBelow, selectionsOf } from './selections.ts'

/** The way into a subgraph for objects of which other subgraphs fetch a part. */
export type Reached = {
  /** null: it is the first subgraph of the objects, and no key leads back into it. */
  readonly entry: Entry | null
  /** Number of requests before, without that for the first place. */
  readonly steps: number
}

export type Reachability = {
  /**
   * The subgraphs that can complete the objects of a type by their keys, from a subgraph that fetches them,
   * also by way of others from which the keys' fields come. Each has the entry with the fewest requests.
   */
  from(type: OwnedType, subgraph: string, provided: readonly SelectionNode[]): ReadonlyMap<string, Reached>
  /**
   * Whether a field of an interface can be fetched by keys for objects of all types that a subgraph returns.
   */
  completes(type: OwnedType, field: string, subgraph: string, provided: readonly SelectionNode[]): boolean
}

export function reachabilityOf(ownership: Ownership): Reachability {
  const known = new Map<OwnedType, Map<string, ReadonlyMap<string, Reached>>>()
  const completed = new Map<OwnedType, Map<string, boolean>>()
  const from: Reachability['from'] = (type, subgraph, provided) =>
    provided.length > 0
      ? search(type, [subgraph], ownership, provided, 0)
      : lookUp(known, type, subgraph, () => search(type, [subgraph], ownership, provided, 0))
  const completes: Reachability['completes'] = (type, field, subgraph, provided) =>
    type.membersIn(subgraph).every((name) => {
      const member = ownership.type(name)
      if (isResolvedBy(subgraph, field, member, ownership)) return true
      if (provided.length > 0 && providedBelow(provided, member, field, ownership)) return true
      const reached = from(member, subgraph, provided)
      return [...member.field(field).owners.keys()].some((owner) => reached.get(owner)?.entry)
    })
  return {
    from,
    completes: (type, field, subgraph, provided) =>
      provided.length > 0
        ? completes(type, field, subgraph, provided)
        : lookUp(completed, type, `${subgraph} ${field}`, () => completes(type, field, subgraph, provided)),
  }
}

/** The value for a key, which is created on first use. */
function lookUp<Value>(
  values: Map<OwnedType, Map<string, Value>>,
  type: OwnedType,
  key: string,
  make: () => Value,
): Value {
  let ofType = values.get(type)
  if (!ofType) {
    ofType = new Map()
    values.set(type, ofType)
  }
  let found = ofType.get(key)
  if (found === undefined) {
    found = make()
    ofType.set(key, found)
  }
  return found
}

/** Maximum nesting of objects in keys. */
const DEPTH = 8

function search(
  type: OwnedType,
  starts: readonly string[],
  ownership: Ownership,
  provided: readonly SelectionNode[],
  depth: number,
): ReadonlyMap<string, Reached> {
  const reached = new Map<string, Reached>(starts.map((start) => [start, { entry: null, steps: 0 }]))
  const enter = (subgraph: string): Entry | undefined =>
    type.entries
      .get(subgraph)
      ?.find(({ key }) => isAtHand(key.selections, type, reached, ownership, provided, depth))
  for (const start of starts) {
    const entry = enter(start)
    if (entry) reached.set(start, { entry, steps: 0 })
  }
  for (let steps = 1; ; steps++) {
    const next: (readonly [string, Entry])[] = []
    for (const subgraph of type.entries.keys()) {
      const entry = reached.has(subgraph) ? undefined : enter(subgraph)
      if (entry) next.push([subgraph, entry])
    }
    if (next.length === 0) break
    for (const [subgraph, entry] of next) reached.set(subgraph, { entry, steps })
  }
  // A key that leads back into the first subgraph may need others.
  for (const start of starts) {
    const entry = reached.get(start)?.entry ?? enter(start)
    if (entry) reached.set(start, { entry, steps: 0 })
  }
  return reached
}

/** Whether the reached subgraphs resolve all fields of a key. */
function isAtHand(
  selections: readonly SelectionNode[],
  type: OwnedType,
  reached: ReadonlyMap<string, Reached>,
  ownership: Ownership,
  provided: readonly SelectionNode[],
  depth: number,
): boolean {
  return selections.every((selection) => {
    // A key has no fragments: those on its own type are inlined, and others are not allowed.
    if (selection.kind !== Kind.FIELD) return false
    const name = selection.name.value
    if (name === '__typename') return true
    if (!type.has(name)) return false
    const field = type.field(name)
    const from = [...reached.keys()].filter((subgraph) => isResolvedBy(subgraph, name, type, ownership))
    const given = provided.length > 0 ? providedBelow(provided, type, name, ownership) : null
    if (field.isLeaf) return given !== null || from.length > 0
    const below = selectionsOf(selection)
    const inner = ownership.type(field.type)
    if (given && isGiven(below, given, inner, ownership)) return true
    if (from.length === 0 || depth >= DEPTH) return false
    return isAtHand(below, inner, search(inner, from, ownership, [], depth + 1), ownership, [], depth + 1)
  })
}

/** Whether a whole selection is provided. */
function isGiven(
  selections: readonly SelectionNode[],
  provided: readonly SelectionNode[],
  type: OwnedType,
  ownership: Ownership,
): boolean {
  return selections.every((selection) => {
    if (selection.kind !== Kind.FIELD) return false
    const { value: name } = selection.name
    if (name === '__typename') return true
    const below = providedBelow(provided, type, name, ownership)
    const field = type.has(name) ? type.field(name) : null
    if (!below || !field) return false
    return field.isLeaf || isGiven(selectionsOf(selection), below, ownership.type(field.type), ownership)
  })
}
