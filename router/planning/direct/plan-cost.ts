import type { Draft, SelectionDraft } from './draft.ts'
import type { Cost } from './search.ts'

/** Cost of a plan: depth of its dependencies, number of requests, number of fields. */
export function costOf(drafts: readonly Draft[]): Cost {
  const requests = new Set<string>()
  let depth = 0
  let fields = 0
  for (const [index, { subgraph, level, of, selection }] of drafts.entries()) {
    depth = Math.max(depth, level)
    fields += fieldsIn(selection)
    const isAlone = of.kind !== 'entities' || of.contexts.length > 0
    requests.add(isAlone ? `${index}` : `${level} ${subgraph}`)
  }
  return [depth, requests.size, fields]
}

function fieldsIn({ typename, fields, types }: SelectionDraft): number {
  let count = typename ? 1 : 0
  for (const { below } of fields.values()) count += 1 + (below ? fieldsIn(below) : 0)
  for (const { names, selection } of types?.values() ?? []) count += names.length * fieldsIn(selection)
  return count
}
