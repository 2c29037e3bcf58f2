import type { SelectionNode } from 'graphql'
import { type Asking, addField, PLAIN } from './add-field.ts'
import { chooseOwner } from './choose-owner.ts'
import { contextVariable } from './context-values.ts'
import { type Drafting, tellType } from './drafting.ts'
import type { OwnedField, Owner } from './owned-type.ts'
import { reach } from './reach.ts'
import { type Asked, askedOf, providedBelow } from './selections.ts'
import { firstPlace, type Place, type Site } from './site.ts'

type Open = { readonly key: string; readonly asked: Asked; readonly field: OwnedField }

/** Drafts what is selected of objects of one type. @param place where they come from; null: they are the root. */
export function selectObject(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  place: Place | null,
): void {
  const type = place?.type ?? site.type
  const open: Open[] = []
  for (const [key, asked] of askedOf(selections, type, drafting)) {
    const name = asked.node.name.value
    if (name === '__typename') {
      if (place) tellType(drafting, place)
      continue
    }
    const field = type.field(name)
    const asking = place && askingHere(drafting, name, field, place)
    if (asking) addAll(drafting, key, asked, field, asking, site, place)
    else if (!isAdded(drafting, key, asked, site)) open.push({ key, asked, field })
  }
  selectElsewhere(drafting, open, site)
}

/** How a field is asked for where its objects come from; null: it cannot be. */
export function askingHere(
  { ownership }: Drafting,
  name: string,
  field: OwnedField,
  { draft, provided, type }: Place,
): Asking | null {
  const owner = field.owners.get(draft.subgraph) ?? null
  const given = provided.length > 0 ? providedBelow(provided, type, name, ownership) : null
  if (given) return { ...PLAIN, owner: owner && isPlain(owner) ? owner : null, provided: given }
  return owner && isPlain(owner) ? { ...PLAIN, owner } : null
}

function isPlain({ requires, contexts }: Owner): boolean {
  return !requires && contexts.length === 0
}

/** Adds a field, and drafts what is selected below it. */
export function addAll(
  drafting: Drafting,
  key: string,
  asked: Asked,
  field: OwnedField,
  asking: Asking,
  site: Site,
  place: Place,
): void {
  const below = addField(drafting, key, asked, field, asking, site, place)
  if (below) drafting.select(drafting, asked.below, below.site, below.place)
}

/** Whether another request than the first brings a field already; then what is selected below it is drafted. */
export function isAdded(drafting: Drafting, key: string, { below }: Asked, site: Site): boolean {
  // A key is taken from where it is found first.
  if (drafting.isForKey) return false
  const leaf = site.leaves.get(key)
  if (leaf) drafting.bringing?.add(leaf.draft)
  const known = site.below.get(key)
  const place = known ? firstPlace(known) : null
  if (!known || !place) return leaf !== undefined
  drafting.bringing?.add(place.draft)
  drafting.select(drafting, below, known, place)
  return true
}

/** Drafts fields that the request which brings their objects does not resolve; those with the fewest owners first. */
export function selectElsewhere(drafting: Drafting, open: readonly Open[], site: Site): void {
  if (open.length === 0) return
  const sorted =
    open.length > 1 ? [...open].sort((one, other) => one.field.owners.size - other.field.owners.size) : open
  const fields = sorted.map(({ field }) => field)
  for (const [index, { key, asked, field }] of sorted.entries()) {
    const { subgraph, owner, way } = chooseOwner(drafting, asked, field, site, fields.slice(index))
    const place = reach(drafting, site, subgraph, way, owner)
    const further = owner.contexts.map(({ name }, at) => `${name}:$${contextVariable(drafting, at)}`)
    addAll(drafting, key, asked, field, { ...PLAIN, owner, further }, site, place)
  }
}
