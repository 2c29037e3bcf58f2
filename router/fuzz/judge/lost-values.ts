import { endOf, isWithin, type Path } from './path.ts'
import type { Seen, SubgraphResponse } from './subgraph-response.ts'

/**
 * How a value was lost between a subgraph and the router: with its whole call, with an error, or without an
 * error.
 */
export type Loss = 'call' | 'reported' | 'silent'

/** Values that subgraphs would have sent without faults, by `type:number.field`. */
export type Losses = Map<string, Set<Loss>>

/** The type of an object, which a subgraph returns with it. */
export const TYPE = '__typename'

/**
 * A whole object, which became null in a subgraph because of a field that is nullable only in the supergraph.
 */
export const OBJECT = '{}'

export function lossKey({ concrete, number, name }: Omit<Seen, 'path'>): string {
  return `${concrete}:${number}.${name}`
}

/** Records the values that one call lost. @param answer null if the call failed. */
export function noteLosses(
  losses: Losses,
  seen: readonly Seen[],
  right: SubgraphResponse,
  answer: SubgraphResponse | null,
): void {
  for (const one of seen) {
    if (endOf(right.data, one.path) !== null) continue
    const kind = answer ? kindOf(one.path, answer) : 'call'
    if (kind === null) continue
    note(losses, one, kind)
    if (answer && isObjectLost(one.path, answer)) note(losses, { ...one, name: OBJECT }, kind)
  }
}

function note(losses: Losses, place: Omit<Seen, 'path'>, kind: Loss): void {
  const key = lossKey(place)
  const kinds = losses.get(key) ?? new Set()
  losses.set(key, kinds.add(kind))
}

/** An entity that is null loses only the fields that this request selects. */
function isObjectLost(path: Path, { data }: SubgraphResponse): boolean {
  const object = path.slice(0, -1)
  const isEntity = object.length === 2 && /^_(?:entities|\d+)$/.test(String(object[0]))
  return object.length > 0 && !isEntity && endOf(data, object) !== null
}

function kindOf(path: Path, { data, errors }: SubgraphResponse): Loss | null {
  const end = endOf(data, path)
  if (end === null) return null
  const isReported = errors.some(({ path: reported = [] }) => isWithin(end, reported))
  return isReported ? 'reported' : 'silent'
}
