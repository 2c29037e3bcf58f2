import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { Drafting, UnresolvedFields } from './drafting.ts'
import type { OwnedField, OwnedType } from './owned-type.ts'
import { applies, conditionOf, isResolvedBy, isSelected, providedBelow, selectionsOf } from './selections.ts'

/** The objects that a field leads to in a subgraph. */
type Below = {
  readonly subgraph: string
  readonly type: OwnedType
  /** Selections that the subgraph resolves on this path only (`@provides`). */
  readonly provided: readonly SelectionNode[]
}

type Fields = UnresolvedFields['fields']

/**
 * The fields selected below a field that its subgraph does not resolve and that no key of their objects leads
 * to. Another subgraph can fetch them only by the field itself.
 */
export function unresolvedBelow(drafting: Drafting, node: FieldNode, below: Below): Fields {
  const { subgraph, type, provided } = below
  if (type.asObject.has(subgraph)) return null
  const search: Search = { drafting, below, found: null }
  if (provided.length > 0) return findAll(search, node)
  const known = drafting.unresolved.get(node) ?? []
  const same = known.find((one) => one.type === type && one.subgraph === subgraph)
  if (same) return same.fields
  const fields = findAll(search, node)
  drafting.unresolved.set(node, [...known, { subgraph, type, fields }])
  return fields
}

type Search = { readonly drafting: Drafting; readonly below: Below; found: Set<OwnedField> | null }

function findAll(search: Search, node: FieldNode): Fields {
  for (const selection of selectionsOf(node)) visit(search, selection, search.below.type)
  return search.found
}

function visit(search: Search, selection: SelectionNode, of: OwnedType): void {
  const { ownership, conditions } = search.drafting
  if (!isSelected(selection, conditions)) return
  if (selection.kind === Kind.FIELD) {
    visitField(search, selection, of)
    return
  }
  const condition = conditionOf(selection)
  const types = !of.isAbstract || condition === of.name ? [of] : membersOf(search)
  for (const type of types)
    if (condition === type.name || applies(condition, type, ownership))
      for (const inner of selectionsOf(selection)) visit(search, inner, type)
}

function visitField(search: Search, node: FieldNode, of: OwnedType): void {
  const { drafting, below } = search
  const { subgraph, provided } = below
  const name = node.name.value
  if (name === '__typename' || !of.has(name)) return
  const field = of.field(name)
  const given = provided.length > 0 ? providedBelow(provided, of, name, drafting.ownership) : null
  if (given || isResolvedBy(subgraph, name, of, drafting.ownership)) {
    if (field.isLeaf) return
    const type = drafting.ownership.type(field.owners.get(subgraph)?.type ?? field.type)
    const unresolved = unresolvedBelow(drafting, node, { subgraph, type, provided: given ?? NOTHING })
    for (const one of unresolved ?? NOTHING) if (!isReached(search, of, name, one)) add(search, one)
  } else if (of.isAbstract) for (const member of membersOf(search)) visitField(search, node, member)
  else {
    const reached = drafting.reachability.from(of, subgraph, provided)
    for (const owner of field.owners.keys()) if (reached.get(owner)?.entry) return
    add(search, field)
  }
}

const NOTHING: readonly never[] = []

/**
 * Whether a subgraph with an unresolved field can be reached by a key of the objects, and has the field that
 * leads to it.
 */
function isReached(
  { drafting, below }: Search,
  of: OwnedType,
  name: string,
  unresolved: OwnedField,
): boolean {
  const { ownership, reachability } = drafting
  const { subgraph, provided } = below
  const types = of.isAbstract ? of.membersIn(subgraph).map(ownership.type) : [of]
  return types.every((type) => {
    const reached = reachability.from(type, subgraph, provided)
    return [...unresolved.owners.keys()].some(
      (owner) => isResolvedBy(owner, name, type, ownership) && reached.get(owner)?.entry,
    )
  })
}

function membersOf({ drafting, below }: Search): readonly OwnedType[] {
  return below.type.membersIn(below.subgraph).map(drafting.ownership.type)
}

function add(search: Search, field: OwnedField): void {
  search.found ??= new Set()
  search.found.add(field)
}
