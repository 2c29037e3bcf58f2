import type { FieldNode, SelectionNode } from 'graphql'
import type { PathStep, PlanPath } from '../plan.ts'
import { type Draft, newSelection, type SelectionDraft } from './draft.ts'
import type { OwnedField, OwnedType } from './owned-type.ts'

/** Objects of the answer, whichever requests bring something of them. */
export type Site = {
  readonly type: OwnedType
  /** Further types whose objects are planned like those of the first. */
  readonly alike: readonly string[]
  readonly path: PlanPath
  /** The objects around these, and the field that leads here; without a field: the same objects, of more types. */
  readonly up: { readonly site: Site; readonly node: FieldNode | null } | null
  /** The first for a subgraph by its name, others by what they need beside. */
  readonly places: Map<string, Place>
  /** Where a leaf comes from, by data key. */
  readonly leaves: Map<string, Place>
  /** By data key. */
  readonly below: Map<string, Site>
  /** By the names of the types. */
  readonly narrowed: Map<string, Site>
}

/** The objects of a site in one request. */
export type Place = {
  readonly draft: Draft
  readonly selection: SelectionDraft
  /** Of the objects, as the subgraph has it. */
  readonly type: OwnedType
  /** What of the objects the subgraph resolves on this way to them, though not on others (`@provides`). */
  readonly provided: readonly SelectionNode[]
}

export function newSite(part: Pick<Site, 'type' | 'path' | 'up'> & Partial<Pick<Site, 'alike'>>): Site {
  return {
    alike: NOTHING,
    ...part,
    ...{ places: new Map(), leaves: new Map(), below: new Map(), narrowed: new Map() },
  }
}

const NOTHING: readonly never[] = []

/** The first request that brings something of the objects; null: none does yet. */
export function firstPlace({ places }: Site): Place | null {
  for (const place of places.values()) return place
  return null
}

/** The place in a request of objects that a field of another place leads to. */
export function placeBelow(site: Site, part: Place): Place {
  for (const known of site.places.values()) if (known.draft === part.draft) return known
  const { subgraph } = part.draft
  site.places.set(site.places.has(subgraph) ? `${subgraph} ${site.places.size}` : subgraph, part)
  return part
}

/** The objects that a field of others leads to. */
export function siteBelow(
  site: Site,
  key: string,
  node: FieldNode,
  field: OwnedField,
  type: OwnedType,
): Site {
  const known = site.below.get(key)
  if (known) return known
  const path: PathStep[] = [...site.path, { kind: 'field', name: key }]
  for (let list = 0; list < field.lists; list++) path.push(EACH)
  const made = newSite({ type, path, up: { site, node } })
  site.below.set(key, made)
  return made
}

const EACH: PathStep = { kind: 'each' }

/** The objects of some types, in a request that brings them among others. */
export function narrowed(
  site: Site,
  place: Place,
  type: OwnedType,
  names: readonly string[],
): { readonly site: Site; readonly place: Place } {
  const name = names.join(' ')
  const known = site.narrowed.get(name)
  const path: PathStep = { kind: 'types', names }
  const alike = names.slice(1)
  const made = known ?? newSite({ type, alike, path: [...site.path, path], up: { site, node: null } })
  site.narrowed.set(name, made)
  place.selection.typename = true
  place.draft.isTyped = true
  place.selection.types ??= new Map()
  const typed = place.selection.types.get(name) ?? { names, selection: newSelection() }
  place.selection.types.set(name, typed)
  const { draft, provided } = place
  return { site: made, place: placeBelow(made, { draft, selection: typed.selection, type, provided }) }
}
