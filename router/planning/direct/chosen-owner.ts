import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import { NotDirect } from './not-direct.ts'
import type { OwnedField, Owner } from './ownership.ts'
import { conditionOf, isResolvedForAll, isSelected, type Reading, selectionsOf } from './selections.ts'

/**
 * Who is asked for a field, with what it needs for that. Where there is a choice, one who resolves all that is selected of
 * it, and is asked anyway.
 * @throws NotDirect where nobody can be, or several can, and it makes a difference.
 */
export function chosenOwner(
  field: OwnedField,
  node: FieldNode,
  isAsked: (subgraph: string) => boolean,
  isReached: (subgraph: string) => boolean,
  reading: Reading,
): readonly [string, Owner] {
  const all = field.only ? [field.only] : [...field.owners]
  const [first, ...others] = all.filter(([subgraph]) => isReached(subgraph))
  if (!first) throw new NotDirect(`nothing leads to a subgraph that resolves ${node.name.value}`)
  if (others.length === 0) return first
  const free = [first, ...others].filter(
    ([subgraph, { requires }]) => !requires && (field.isLeaf || resolves(subgraph, field, node, reading)),
  )
  const chosen = free.find(([subgraph]) => isAsked(subgraph)) ?? free[0]
  if (!chosen)
    throw new NotDirect(`several subgraphs resolve ${node.name.value}, none all that is selected of it`)
  return chosen
}

/** Whether a subgraph resolves all that is selected below a field by itself. */
function resolves(
  subgraph: string,
  { type }: Pick<OwnedField, 'type'>,
  node: SelectionNode,
  reading: Reading,
): boolean {
  const { ownership, conditions } = reading
  const owned = ownership.type(type)
  return selectionsOf(node).every((selection) => {
    if (!isSelected(selection, conditions)) return true
    if (selection.kind !== Kind.FIELD)
      return conditionOf(selection) === type && resolves(subgraph, { type }, selection, reading)
    const { value: name } = selection.name
    if (name === '__typename') return true
    if (!isResolvedForAll(name, owned, subgraph, ownership)) return false
    const field = owned.field(name)
    return field.isLeaf || resolves(subgraph, field, selection, reading)
  })
}
