// Tested in ../planner.test.ts: the test checks the plan.

import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import { responseNameOf } from '../../operation/response-keys.ts'
import { accessPathsTo } from './access-paths.ts'
import { type Asking, plainly } from './add-field.ts'
import { type Drafting, tellType } from './drafting.ts'
import { kindsOf } from './kinds.ts'
import type { OwnedField, OwnedType } from './owned-type.ts'
import { addAll, askingHere, isAdded, selectElsewhere } from './select-object.ts'
import { conditionOf, isResolvedBy, isSelected, providedBelow, selectionsOf } from './selections.ts'
import { sharedMembers } from './shared-members.ts'
import { narrowed, type Place, type Site } from './site.ts'
import { Unplannable } from './unplannable.ts'
import { unresolvedBelow } from './unresolved-below.ts'

/**
 * Drafts the selections of objects of an interface or a union: fields that their subgraph resolves for all of
 * the objects are requested as they are, fields of a subgraph with the interface as an object by that, and
 * all others by kinds of types.
 */
export function selectAbstract(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  place: Place,
): void {
  const { type, draft } = place
  const members = type.membersIn(draft.subgraph)
  const rest: SelectionNode[] = []
  const forAll: string[] = []
  eachForAll(drafting, selections, type, members, (node, selection) => {
    const isDone =
      node !== null && (isSelectedHere(drafting, node, site, place) || isByObject(drafting, node, site, type))
    if (isDone) return
    rest.push(selection)
    if (node) forAll.push(node.name.value)
  })
  if (rest.length === 0) return
  for (const name of forAll) requireOneSource(drafting, name, site, place)
  for (const names of kindsOf(drafting, rest, sharedMembers(drafting, rest, site, place), place)) {
    const [first = ''] = names
    const kind = narrowed(site, place, drafting.ownership.type(first), names)
    drafting.select(drafting, rest, kind.site, kind.place)
  }
}

/**
 * Refuses a field of an interface that no single subgraph can resolve for all of the objects: some would come
 * from one subgraph, and some from another.
 * @throws Unplannable
 */
function requireOneSource(drafting: Drafting, name: string, site: Site, place: Place): void {
  const { type, draft, provided } = place
  const { up } = site
  if (!type.has(name) || !up?.node) return
  const { reachability } = drafting
  const isFromAbove = (subgraph: string) =>
    reachability.completes(type, name, subgraph, []) &&
    accessPathsTo(drafting, site, subgraph, false).length > 0
  if (type.members.length > 0) {
    if (reachability.completes(type, name, draft.subgraph, provided)) return
    if ([...up.site.type.field(up.node.name.value).owners.keys()].some(isFromAbove)) return
  }
  throw new Unplannable(
    `no subgraph that returns ${type.name} leads to ${type.name}.${name} of all its types`,
  )
}

/**
 * Visits the fields that are selected for all objects, each with the fragment around it, and the fragments
 * for some of them, without a field.
 */
export function eachForAll(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  type: OwnedType,
  members: readonly string[],
  visit: (node: FieldNode | null, selection: SelectionNode) => void,
): void {
  const walk = (selection: SelectionNode, around: SelectionNode | null) => {
    if (!isSelected(selection, drafting.conditions)) return
    if (selection.kind === Kind.FIELD) visit(selection, around ? inside(around, selection) : selection)
    else if (isForAll(conditionOf(selection), type, members, drafting))
      for (const below of selectionsOf(selection)) walk(below, selection)
    else visit(null, selection)
  }
  for (const selection of selections) walk(selection, null)
}

function isForAll(
  condition: string,
  type: OwnedType,
  members: readonly string[],
  { ownership }: Drafting,
): boolean {
  if (condition === type.name) return true
  const wanted = ownership.type(condition)
  return wanted.isAbstract && members.every((member) => wanted.covers(member))
}

/** A fragment with one of its selections. Its conditions are met. */
function inside(fragment: SelectionNode, selection: SelectionNode): SelectionNode {
  if (fragment.kind !== Kind.INLINE_FRAGMENT) return selection
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: [selection] }
  return { ...fragment, directives: [], selectionSet }
}

/** Whether a field is drafted that the objects' subgraph resolves for all of them. */
function isSelectedHere(drafting: Drafting, node: FieldNode, site: Site, place: Place): boolean {
  const { type, draft, provided } = place
  const { ownership } = drafting
  const name = node.name.value
  if (name === '__typename') {
    tellType(drafting, place)
    return true
  }
  if (!type.has(name)) return false
  const isGiven = provided.length > 0 && providedBelow(provided, type, name, ownership) !== null
  if (!isGiven && !isResolvedBy(draft.subgraph, name, type, ownership)) return false
  const field = type.field(name)
  const asking = askingHere(drafting, name, field, place) ?? plainly(null)
  if (!field.isLeaf && isByTypes(drafting, node, asking, field, site, place)) return false
  addAll(drafting, responseNameOf(node), { node, below: selectionsOf(node) }, field, asking, site, place)
  return true
}

/**
 * Whether something below a field comes from a subgraph that leads to it from objects of some types of the
 * interface only.
 */
function isByTypes(
  drafting: Drafting,
  node: FieldNode,
  { owner, provided }: Asking,
  field: OwnedField,
  site: Site,
  { type, draft }: Place,
): boolean {
  const { ownership } = drafting
  const { subgraph } = draft
  const below = ownership.type(owner?.type ?? field.type)
  const unresolved = unresolvedBelow(drafting, node, { subgraph, type: below, provided })
  if (!unresolved) return false
  const isFromAll = (other: string) =>
    other !== subgraph &&
    isResolvedBy(other, field.name, type, ownership) &&
    accessPathsTo(drafting, site, other, false).length > 0
  return [...unresolved].some(({ owners }) => ![...owners.keys()].some(isFromAll))
}

/** Whether a field is drafted that is resolved by a subgraph with the interface as an object. */
function isByObject(drafting: Drafting, node: FieldNode, site: Site, type: OwnedType): boolean {
  const name = node.name.value
  if (type.asObject.size === 0 || !type.has(name)) return false
  const field = ownedBy(type.field(name), (subgraph) => type.asObject.has(subgraph))
  return isSelectedElsewhere(drafting, node, field, site)
}

export function isSelectedElsewhere(
  drafting: Drafting,
  node: FieldNode,
  field: OwnedField,
  site: Site,
): boolean {
  const key = responseNameOf(node)
  const asked = { node, below: selectionsOf(node) }
  const isReached = [...field.owners].some(
    ([subgraph, { requires }]) => accessPathsTo(drafting, site, subgraph, requires !== null).length > 0,
  )
  if (!isReached) return false
  if (!isAdded(drafting, key, asked, site)) selectElsewhere(drafting, [{ key, asked, field }], site)
  return true
}

/** A field with only some of its subgraphs. */
export function ownedBy(field: OwnedField, isWanted: (subgraph: string) => boolean): OwnedField {
  return { ...field, owners: new Map([...field.owners].filter(([subgraph]) => isWanted(subgraph))) }
}
