import { endOf, isWithin, type Path } from './path.ts'
import type { Seen, SubgraphResponse } from './subgraph-response.ts'

/** How a value went missing between a subgraph and the router: with its whole call, with an error, or without a word. */
export type Loss = 'call' | 'told' | 'quiet'

/** Values that subgraphs would have sent without faults, by `type:number.field`. */
export type Losses = Map<string, Set<Loss>>

/** The type of an object, which a subgraph tells along with it. */
export const TYPE = '__typename'

export function lossKey({ concrete, number, name }: Omit<Seen, 'path'>): string {
  return `${concrete}:${number}.${name}`
}

/** Notes what one call lost. @param answer null where the call failed. */
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
    const key = lossKey(one)
    const kinds = losses.get(key) ?? new Set()
    losses.set(key, kinds.add(kind))
  }
}

function kindOf(path: Path, { data, errors }: SubgraphResponse): Loss | null {
  const end = endOf(data, path)
  if (end === null) return null
  const isTold = errors.some(({ path: told = [] }) => isWithin(end, told))
  return isTold ? 'told' : 'quiet'
}
