// Tested in ../planner.test.ts: the test checks the paths of the plan.

import type { FieldNode, SelectionNode } from 'graphql'
import type { PathStep, PlanPath } from '../plan.ts'
import { type Draft, newSelection, type SelectionDraft } from './draft.ts'
import type { OwnedField, OwnedType } from './owned-type.ts'

/** Objects of the answer, whichever requests fetch parts of them. */
export type Site = {
  readonly type: OwnedType
  /** Further types whose objects are planned like those of the first. */
  readonly alike: readonly string[]
  readonly path: PlanPath
  /**
   * The objects around these, and the field that leads here. Without a field: the same objects, with more
   * types.
   */
  readonly up: { readonly site: Site; readonly node: FieldNode | null } | null
  /** The first request that fetches the objects; null: there is none yet. */
  first: Place | null
  /**
   * Further requests: the first for a subgraph by its name, others by their additional inputs. null: there
   * are none.
   */
  places: Map<string, Place> | null
  /** The requests of leaves that the first request does not fetch, by data key. */
  leaves: Map<string, Place> | null
  /** By data key. */
  below: Map<string, Site> | null
  /** By the names of the types. */
  narrowed: Map<string, Site> | null
}

/** The objects of a site in one request. */
export type Place = {
  readonly draft: Draft
  readonly selection: SelectionDraft
  /** Type of the objects in the subgraph. */
  readonly type: OwnedType
  /** Selections that the subgraph resolves on this path only (`@provides`). */
  readonly provided: readonly SelectionNode[]
}

export function newSite(part: Pick<Site, 'type' | 'path' | 'up'> & Partial<Pick<Site, 'alike'>>): Site {
  const { type, path, up, alike = NOTHING } = part
  return { type, alike, path, up, first: null, places: null, leaves: null, below: null, narrowed: null }
}

const NOTHING: readonly never[] = []

/** The place of a site with this name: that of a subgraph, with its additional inputs. */
export function placeNamed({ first, places }: Site, name: string): Place | undefined {
  return places ? places.get(name) : first?.draft.subgraph === name ? first : undefined
}

/** Adds a place under a name. */
export function addPlace(site: Site, name: string, place: Place): void {
  if (!site.first) {
    site.first = place
    if (name === place.draft.subgraph) return
  }
  site.places ??= new Map([[site.first.draft.subgraph, site.first]])
  site.places.set(name, place)
}

/** All requests that fetch parts of the objects. */
export function placesOf({ first, places }: Site): Iterable<Place> {
  return places ? places.values() : first ? [first] : []
}

/** The place of objects that a field of another place leads to. */
export function placeBelow(site: Site, part: Place): Place {
  if (!site.first) {
    site.first = part
    return part
  }
  for (const known of placesOf(site)) if (known.draft === part.draft) return known
  const { subgraph } = part.draft
  addPlace(site, placeNamed(site, subgraph) ? `${subgraph} ${site.places?.size ?? 1}` : subgraph, part)
  return part
}

/** The objects that a field of other objects leads to. */
export function siteBelow(
  site: Site,
  key: string,
  node: FieldNode,
  field: OwnedField,
  type: OwnedType,
): Site {
  const known = site.below?.get(key)
  if (known) return known
  const path: PathStep[] = [...site.path, { kind: 'field', name: key }]
  for (let list = 0; list < field.lists; list++) path.push(EACH)
  const made = newSite({ type, path, up: { site, node } })
  site.below ??= new Map()
  site.below.set(key, made)
  return made
}

const EACH: PathStep = { kind: 'each' }

/** The objects of some types, in a request that fetches them among others. */
export function narrowed(
  site: Site,
  place: Place,
  type: OwnedType,
  names: readonly string[],
): { readonly site: Site; readonly place: Place } {
  const name = names.join(' ')
  const known = site.narrowed?.get(name)
  const path: PathStep = { kind: 'types', names }
  const alike = names.slice(1)
  const made = known ?? newSite({ type, alike, path: [...site.path, path], up: { site, node: null } })
  site.narrowed ??= new Map()
  site.narrowed.set(name, made)
  place.selection.typename = true
  place.draft.isTyped = true
  place.selection.types ??= new Map()
  const typed = place.selection.types.get(name) ?? { names, selection: newSelection() }
  place.selection.types.set(name, typed)
  const { draft, provided } = place
  return { site: made, place: placeBelow(made, { draft, selection: typed.selection, type, provided }) }
}
