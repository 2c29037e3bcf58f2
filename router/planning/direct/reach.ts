// Also tested in ../planner.test.ts: the test checks the plan.

import type { AccessPath } from './access-paths.ts'
import { addField, plainly } from './add-field.ts'
import { contextVariables } from './context-values.ts'
import type { ContextVariable, Draft } from './draft.ts'
import { bring, type Drafting, newDraft, requiring } from './drafting.ts'
import type { FieldSet } from './field-sets.ts'
import type { ContextArgument, Entry } from './owned-type.ts'
import { addPlace, narrowed, type Place, placeNamed, placesOf, type Site } from './site.ts'
import { Unplannable } from './unplannable.ts'

/** Inputs of a request in addition to its key. */
export type Need = {
  readonly requires: FieldSet | null
  readonly contexts: readonly ContextArgument[]
}

export const NO_NEED: Need = { requires: null, contexts: [] }

/** The place of a site's objects in a request to a subgraph, which is created if there is none. */
export function reach(
  drafting: Drafting,
  site: Site,
  subgraph: string,
  access: AccessPath,
  need: Need,
): Place {
  switch (access.kind) {
    case 'place':
      return access.place
    case 'root':
      return rootPlace(drafting, site, subgraph)
    case 'entities':
      return entityPlace(drafting, site, subgraph, access.entry, need)
    case 'above':
      return placeFromAbove(drafting, site, subgraph, access.above)
  }
}

function rootPlace(drafting: Drafting, site: Site, subgraph: string): Place {
  const known = placeNamed(site, subgraph)
  if (known) return known
  const first = site.path.length > 0 ? site.first : null
  const after = new Set<Draft>(first ? [first.draft] : [])
  const kind = site.type.name === drafting.roots.mutation ? 'mutation' : 'query'
  if (kind === 'mutation' && drafting.operation === 'query')
    throw new Unplannable(`a query cannot run mutations of ${subgraph}`)
  const draft = newDraft(drafting, { subgraph, after, of: { kind, path: site.path } })
  const place: Place = { draft, selection: draft.selection, type: site.type, provided: [] }
  addPlace(site, subgraph, place)
  return place
}

/** The same field, requested of a further subgraph for the objects around. */
function placeFromAbove(drafting: Drafting, site: Site, subgraph: string, above: AccessPath): Place {
  const known = placeNamed(site, subgraph)
  if (known) return known
  const { up } = site
  if (!up) throw new Error('nothing is above the root')
  if (!up.node) {
    const { type, alike } = site
    const whole = reach(drafting, up.site, subgraph, above, NO_NEED)
    return narrowed(up.site, whole, type, [type.name, ...alike]).place
  }
  const { node, site: around } = up
  const key = (node.alias ?? node.name).value
  const field = around.type.field(node.name.value)
  const owner = field.owners.get(subgraph) ?? null
  const outer = reach(drafting, around, subgraph, above, owner ?? NO_NEED)
  const added = addField(drafting, key, node, field, plainly(owner), around, outer)
  if (!added) throw new Error(`${node.name.value} is a leaf`)
  return added.place
}

function entityPlace(
  drafting: Drafting,
  site: Site,
  subgraph: string,
  entry: Entry,
  { requires, contexts }: Need,
): Place {
  const name = nameOf(subgraph, requires, contexts)
  const known = placeNamed(site, name)
  if (known) return known
  const after = bring(drafting, entry.key.selections, site, true)
  tellTypes(site, after)
  let variables: readonly ContextVariable[] = []
  const further = () => {
    if (requires) for (const draft of bring(drafting, requires.selections, site, false)) after.add(draft)
    if (contexts.length === 0) return
    const found = contextVariables(drafting, site, contexts)
    variables = found.variables
    for (const draft of found.after) after.add(draft)
  }
  if (requires || contexts.length > 0) requiring(drafting, { site, name }, further)
  const { ownership, representing } = drafting
  const isInterface = entry.as !== site.type.name || site.type.isAbstract
  const own = [site.type.name, ...site.alike]
  const of = {
    kind: 'entities' as const,
    types: isInterface ? [entry.as] : own,
    path: site.path,
    requires: representing.required(isInterface ? [entry.as] : own, entry, requires),
    inputRewrites: isInterface ? representing.named(entry.as) : [],
    contexts: variables,
  }
  const draft = newDraft(drafting, { subgraph, after, of })
  const type = isInterface ? ownership.type(entry.as) : site.type
  const place: Place = { draft, selection: draft.selection, type, provided: [] }
  addPlace(site, name, place)
  return place
}

function nameOf(subgraph: string, requires: FieldSet | null, contexts: readonly ContextArgument[]): string {
  if (!requires && contexts.length === 0) return subgraph
  const values = contexts.map(({ context, type, value }) => `${context} ${type} ${value.text}`)
  return [subgraph, requires?.text ?? '', ...values].join('\n')
}

/** A representation contains its type, so each request that fetches some of the key fetches the type too. */
function tellTypes(site: Site, after: Set<Draft>): void {
  const { first } = site
  if (first && after.size === 1 && after.has(first.draft)) {
    first.selection.typename = true
    return
  }
  let isTold = false
  for (const place of placesOf(site)) {
    if (!after.has(place.draft)) continue
    isTold = true
    place.selection.typename = true
  }
  if (isTold) return
  if (!first) throw new Unplannable(`no request returns objects of ${site.type.name}`)
  first.selection.typename = true
  after.add(first.draft)
}
