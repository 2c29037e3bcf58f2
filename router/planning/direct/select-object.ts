// Tested in ../planner.test.ts: the test checks the plan.

import type { SelectionNode } from 'graphql'
import { responseNameOf } from '../../operation/response-keys.ts'
import { type Asking, addField, plainly } from './add-field.ts'
import { chooseOwner } from './choose-owner.ts'
import { contextVariable } from './context-values.ts'
import { type Drafting, tellType } from './drafting.ts'
import type { OwnedField, OwnedType, Owner } from './owned-type.ts'
import { reach } from './reach.ts'
import { addSelectedField, eachField, providedBelow, type SelectedField } from './selections.ts'
import type { Place, Site } from './site.ts'

type Open = { readonly key: string; readonly asked: SelectedField; readonly field: OwnedField }

/**
 * Drafts the selections of objects of one type. @param place the request that fetches them; null: they are
 * the root.
 */
export function selectObject(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  place: Place | null,
): void {
  const type = place?.type ?? site.type
  // Leaves of this subgraph are added at once, since most selections are leaves.
  let asked: Map<string, SelectedField> | null = null
  eachField(selections, type, drafting, (node) => {
    const name = node.name.value
    if (name === '__typename') {
      if (place) tellType(drafting, place)
      return
    }
    const field = type.field(name)
    const asking = place && field.isLeaf ? askingHere(drafting, name, field, place) : null
    if (asking && place) addField(drafting, responseNameOf(node), node, field, asking, site, place)
    else {
      asked ??= new Map()
      addSelectedField(asked, node)
    }
  })
  if (asked) selectAsked(drafting, asked, type, site, place)
}

function selectAsked(
  drafting: Drafting,
  all: ReadonlyMap<string, SelectedField>,
  type: OwnedType,
  site: Site,
  place: Place | null,
): void {
  let open: Open[] | null = null
  for (const [key, asked] of all) {
    const name = asked.node.name.value
    const field = type.field(name)
    const asking = place && askingHere(drafting, name, field, place)
    if (asking) addAll(drafting, key, asked, field, asking, site, place)
    else if (!isAdded(drafting, key, asked, site)) {
      open ??= []
      open.push({ key, asked, field })
    }
  }
  if (open) selectElsewhere(drafting, open, site)
}

/** The form of a field in the request that fetches its objects; null: that subgraph does not resolve it. */
export function askingHere(
  { ownership }: Drafting,
  name: string,
  field: OwnedField,
  { draft, provided, type }: Place,
): Asking | null {
  const owner = field.owners.get(draft.subgraph) ?? null
  const given = provided.length > 0 ? providedBelow(provided, type, name, ownership) : null
  if (given) return { ...plainly(owner && isPlain(owner) ? owner : null), provided: given }
  return owner && isPlain(owner) ? plainly(owner) : null
}

function isPlain({ requires, contexts }: Owner): boolean {
  return !requires && contexts.length === 0
}

/** Adds a field, and drafts the selections below it. */
export function addAll(
  drafting: Drafting,
  key: string,
  asked: SelectedField,
  field: OwnedField,
  asking: Asking,
  site: Site,
  place: Place,
): void {
  const below = addField(drafting, key, asked.node, field, asking, site, place)
  if (below) drafting.select(drafting, asked.below, below.site, below.place)
}

/**
 * Whether a request other than the first fetches a field already. If so, the selections below it are drafted.
 */
export function isAdded(drafting: Drafting, key: string, { below }: SelectedField, site: Site): boolean {
  // A key is taken from the first place found.
  if (drafting.isForKey) return false
  const leaf = leafPlace(site, key)
  if (leaf) drafting.bringing?.add(leaf.draft)
  const known = site.below?.get(key)
  const place = known?.first
  if (!known || !place) return leaf !== null
  drafting.bringing?.add(place.draft)
  drafting.select(drafting, below, known, place)
  return true
}

/** The place of a leaf: for these objects, or for all objects of which they are some. */
function leafPlace({ leaves, up }: Site, key: string): Place | null {
  const known = leaves?.get(key)
  if (known) return known
  if (!up || up.node) return null
  const { first } = up.site
  const isFirst = first?.selection.fields.get(key)?.below === null
  return isFirst ? first : leafPlace(up.site, key)
}

/**
 * Drafts fields that the request for their objects does not resolve; those with the fewest owners come first.
 */
export function selectElsewhere(drafting: Drafting, open: readonly Open[], site: Site): void {
  const sorted =
    open.length > 1 ? [...open].sort((one, other) => one.field.owners.size - other.field.owners.size) : open
  for (const [index, { key, asked, field }] of sorted.entries()) {
    const { subgraph, owner, access } = chooseOwner(drafting, asked, field, site, sorted, index)
    const place = reach(drafting, site, subgraph, access, owner)
    const { contexts } = owner
    const further = contexts.map(({ name }, at) => `${name}:$${contextVariable(drafting, at)}`)
    const asking = contexts.length === 0 ? plainly(owner) : { ...plainly(owner), further }
    addAll(drafting, key, asked, field, asking, site, place)
  }
}
