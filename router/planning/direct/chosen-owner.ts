import type { FieldNode } from 'graphql'
import { NotDirect } from './not-direct.ts'
import type { OwnedField, Owner } from './ownership.ts'

/**
 * Who is asked for a field, with what it needs for that; where there is a choice, one that is asked anyway.
 * @throws NotDirect where nobody can be, or several can, and it makes a difference.
 */
export function chosenOwner(
  { owners, only, isLeaf }: OwnedField,
  { name }: FieldNode,
  isAsked: (subgraph: string) => boolean,
  isReached: (subgraph: string) => boolean,
): readonly [string, Owner] {
  const all = only ? [only] : [...owners]
  const [first, ...others] = all.filter(([subgraph]) => isReached(subgraph))
  if (!first) throw new NotDirect(`nothing leads to a subgraph that resolves ${name.value}`)
  if (others.length === 0) return first
  if (!isLeaf) throw new NotDirect(`several subgraphs resolve ${name.value}`)
  const free = [first, ...others].filter(([, { requires }]) => !requires)
  return free.find(([subgraph]) => isAsked(subgraph)) ?? free[0] ?? first
}
