import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { RequiredSelection } from '../plan.ts'
import { NotDirect } from './not-direct.ts'
import type { FieldSet, OwnedType, Ownership } from './ownership.ts'

/** To a subgraph by a key that it takes. */
export type Hop = { readonly subgraph: string; readonly key: FieldSet }

export type Routes = {
  /** The shortest way from entities that one subgraph brings to what another knows of them; null: there is none. */
  between(type: OwnedType, from: string, to: string): readonly Hop[] | null
  /** What a representation consists of. The same for the same: what is compiled of it is kept. */
  required(type: OwnedType, key: FieldSet, requires: FieldSet | null): readonly RequiredSelection[]
}

export function routesOf(ownership: Ownership): Routes {
  const ways = new Map<string, readonly Hop[] | null>()
  const requirements = new Map<FieldSet, Map<FieldSet | null, readonly RequiredSelection[]>>()
  return {
    between(type, from, to) {
      const name = `${type.name} ${from} ${to}`
      const known = ways.get(name)
      if (known !== undefined) return known
      const found = search(ownership, type, from, to)
      ways.set(name, found)
      return found
    },
    required(type, key, requires) {
      const known = requirements.get(key) ?? new Map<FieldSet | null, readonly RequiredSelection[]>()
      requirements.set(key, known)
      const made = known.get(requires) ?? requirement(type, key, requires)
      known.set(requires, made)
      return made
    },
  }
}

function search(ownership: Ownership, type: OwnedType, from: string, to: string): readonly Hop[] | null {
  const seen = new Set([from])
  let ends: { readonly at: string; readonly hops: readonly Hop[] }[] = [{ at: from, hops: [] }]
  while (ends.length > 0) {
    for (const { at, hops } of ends) {
      const key = keyFor(ownership, type, at, to)
      if (key) return [...hops, { subgraph: to, key }]
    }
    ends = ends.flatMap(({ at, hops }) =>
      [...type.keys.keys()].flatMap((subgraph) => {
        const key = seen.has(subgraph) ? undefined : keyFor(ownership, type, at, subgraph)
        if (!key) return []
        seen.add(subgraph)
        return [{ at: subgraph, hops: [...hops, { subgraph, key }] }]
      }),
    )
  }
  return null
}

/** The first key of a subgraph that another resolves by itself. */
function keyFor(ownership: Ownership, type: OwnedType, from: string, to: string): FieldSet | undefined {
  return type.keys.get(to)?.find(({ selections }) => isResolvedBy(from, type, selections, ownership))
}

function isResolvedBy(
  subgraph: string,
  type: OwnedType,
  selections: readonly SelectionNode[],
  ownership: Ownership,
): boolean {
  return selections.every((selection) => {
    if (!isPlain(selection) || type.isAbstract) return false
    try {
      const field = type.field(selection.name.value)
      const owner = field.owners.get(subgraph)
      if (!owner || owner.requires) return false
      const below = selection.selectionSet?.selections
      return !below || isResolvedBy(subgraph, ownership.type(field.type), below, ownership)
    } catch (error) {
      if (error instanceof NotDirect) return false
      throw error
    }
  })
}

function isPlain(selection: SelectionNode): selection is FieldNode {
  return selection.kind === Kind.FIELD && (selection.arguments ?? []).length === 0
}

function requirement(
  { name }: OwnedType,
  key: FieldSet,
  requires: FieldSet | null,
): readonly RequiredSelection[] {
  const parts = [...key.selections, ...(requires?.selections ?? [])].map(requiredOf)
  const selections: RequiredSelection[] = [TYPENAME, ...parts]
  return [{ kind: 'fragment', type: name, selections, skipIf: null, includeIf: null }]
}

const TYPENAME: RequiredSelection = { kind: 'field', name: '__typename', as: '__typename', selections: null }

function requiredOf(selection: SelectionNode): RequiredSelection {
  if (!isPlain(selection)) throw new NotDirect('what a field requires depends on types or has arguments')
  const { value } = selection.name
  const selections = selection.selectionSet?.selections.map(requiredOf) ?? null
  return { kind: 'field', name: value, as: value, selections }
}
