import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { IsOfType } from '../type-names.ts'

/** Fields that a request asks of an object, by the keys that they have in the merged data. */
export type RequestedFields = {
  readonly nodes: ReadonlyMap<string, readonly FieldNode[]>
  has(key: string): boolean
  /** Those that are asked of an object of a type. */
  of(typename: string, isOfType: IsOfType): RequestedFields
  /** The fields that are asked of the objects under a key. */
  below(key: string): RequestedFields
}

/**
 * Cached, since each error of a response needs the fields of its request: parsing it every time took 20 µs
 * per error.
 */
const remembered = new LRUCache<
  string,
  { readonly fields: RequestedFields; readonly renamed: Renamed | null }
>({
  max: 200,
  // A parsed operation takes some twenty times the memory of its text.
  maxSize: 500_000,
  sizeCalculation: (_, operation) => operation.length + 1,
})

/** Data keys of fields that were requested under other names, by these names. */
type Renamed = ReadonlyMap<string, string>

/**
 * Fields that a request to a subgraph fills: its root fields, or those of the entities that it asks for.
 * @param renamed null: no field was asked for under another name.
 */
export function requestedFields(operation: string, renamed: Renamed | null = null): RequestedFields {
  const known = remembered.get(operation)
  if (known?.renamed === renamed) return known.fields
  const { definitions } = parse(operation, { noLocation: true })
  const fragments = new Map<string, SelectionSetNode>()
  const roots: SelectionSetNode[] = []
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) roots.push(definition.selectionSet)
    else if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet)
  }
  const reading = { fragments, renamed }
  const root = fieldsIn(roots, reading, null)
  const entities = [...root.nodes.values()].flat().filter(({ name }) => name.value === '_entities')
  const fields = entities.length === 0 ? root : fieldsIn(selectionSetsOf(entities), reading, null)
  remembered.set(operation, { fields, renamed })
  return fields
}

type Reading = {
  readonly fragments: ReadonlyMap<string, SelectionSetNode>
  readonly renamed: Renamed | null
}

/** @param applies whether a fragment on a type is of these objects; null: whatever their type, all may be. */
function fieldsIn(
  selectionSets: readonly SelectionSetNode[],
  reading: Reading,
  applies: ((condition: string) => boolean) | null,
): RequestedFields {
  const { fragments, renamed } = reading
  const nodes = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value
        if (!applies || condition === undefined || applies(condition)) collect(selection.selectionSet)
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const { value: name } = selection.name
        const fragment = fragments.get(name)
        if (fragment && !spread.has(name)) {
          spread.add(name)
          collect(fragment)
        }
      } else {
        const name = (selection.alias ?? selection.name).value
        const key = renamed?.get(name) ?? name
        const known = nodes.get(key)
        if (known) known.push(selection)
        else nodes.set(key, [selection])
      }
    }
  }
  selectionSets.forEach(collect)
  const known = new Map<string, RequestedFields>()
  // Which fragments apply depends on the supergraph, which may be swapped while the request is remembered.
  const bySupergraph = new WeakMap<IsOfType, Map<string, RequestedFields>>()
  return {
    nodes,
    has: (key) => nodes.has(key),
    of(typename, isOfType) {
      const byType = bySupergraph.get(isOfType) ?? new Map<string, RequestedFields>()
      bySupergraph.set(isOfType, byType)
      const made =
        byType.get(typename) ?? fieldsIn(selectionSets, reading, (condition) => isOfType(typename, condition))
      byType.set(typename, made)
      return made
    },
    below(key) {
      const made = known.get(key) ?? fieldsIn(selectionSetsOf(nodes.get(key) ?? []), reading, null)
      known.set(key, made)
      return made
    },
  }
}

function selectionSetsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
}
