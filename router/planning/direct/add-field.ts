import type { FieldNode, SelectionNode } from 'graphql'
import { newSelection } from './draft.ts'
import { type Drafting, spend } from './drafting.ts'
import type { OwnedField, Owner } from './owned-type.ts'
import { addVariablesOf, fieldCall } from './selections.ts'
import { type Place, placeBelow, type Site, siteBelow } from './site.ts'

/** The form in which a subgraph is asked for a field. */
export type Asking = {
  readonly owner: Owner | null
  /** Selections that the subgraph provides below the field on this path (`@provides`). */
  readonly provided: readonly SelectionNode[]
  /** Arguments in addition to the client's. */
  readonly further: readonly string[]
}

const NOTHING: readonly never[] = []

const askings = new WeakMap<Owner, Asking>()

/** The field as its owner resolves it, without anything else. */
export function plainly(owner: Owner | null): Asking {
  if (!owner) return UNOWNED
  let known = askings.get(owner)
  if (!known) {
    known = { owner, provided: NOTHING, further: NOTHING }
    askings.set(owner, known)
  }
  return known
}

const UNOWNED: Asking = { owner: null, provided: NOTHING, further: NOTHING }

/** Adds a field to a request for its objects. @returns the objects that it leads to; null for a leaf. */
export function addField(
  drafting: Drafting,
  key: string,
  node: FieldNode,
  field: OwnedField,
  { owner, provided, further }: Asking,
  site: Site,
  place: Place,
): { readonly site: Site; readonly place: Place } | null {
  spend(drafting)
  const { fields } = place.selection
  let known = fields.get(key)
  if (!known) {
    const below = field.isLeaf ? null : newSelection()
    known = { key, call: fieldCall(node, further), shape: owner?.shape ?? field.shape, below }
    fields.set(key, known)
    addVariablesOf(node, place.draft.variables)
  }
  drafting.bringing?.add(place.draft)
  if (!known.below) {
    if (place !== site.first) {
      site.leaves ??= new Map()
      if (!site.leaves.has(key)) site.leaves.set(key, place)
    }
    return null
  }
  const type = drafting.ownership.type(owner?.type ?? field.type)
  const below = siteBelow(site, key, node, field, type)
  const provides = owner?.provides ? [...owner.provides.selections, ...provided] : provided
  const part = { draft: place.draft, selection: known.below, type, provided: provides }
  return { site: below, place: placeBelow(below, part) }
}
