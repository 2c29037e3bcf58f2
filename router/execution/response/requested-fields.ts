import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { LRUCache } from 'lru-cache'

/** Fields that a request asks of an object, by the keys that they have in the merged data. */
export type RequestedFields = {
  readonly nodes: ReadonlyMap<string, readonly FieldNode[]>
  has(key: string): boolean
  /** The fields that are asked of the objects under a key. */
  below(key: string): RequestedFields
}

/** A request that is answered with errors is asked about for each of them: parsing it every time took 20 µs an error. */
const remembered = new LRUCache<string, RequestedFields>({
  max: 200,
  // A parsed operation takes some twenty times the memory of its text.
  maxSize: 500_000,
  sizeCalculation: (_, operation) => operation.length + 1,
})

/**
 * Fields that a request to a subgraph fills: its root fields, or those of the entities that it asks for.
 * @param renamed keys in the merged data of fields that were asked for under other names, by these; null: none was.
 */
export function requestedFields(
  operation: string,
  renamed: ReadonlyMap<string, string> | null = null,
): RequestedFields {
  const known = renamed ? undefined : remembered.get(operation)
  if (known) return known
  const { definitions } = parse(operation, { noLocation: true })
  const fragments = new Map<string, SelectionSetNode>()
  const roots: SelectionSetNode[] = []
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) roots.push(definition.selectionSet)
    else if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet)
  }
  const root = fieldsIn(roots, fragments, renamed)
  const entities = [...root.nodes.values()].flat().filter(({ name }) => name.value === '_entities')
  const fields = entities.length === 0 ? root : fieldsIn(selectionSetsOf(entities), fragments, renamed)
  if (!renamed) remembered.set(operation, fields)
  return fields
}

function fieldsIn(
  selectionSets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, SelectionSetNode>,
  renamed: ReadonlyMap<string, string> | null,
): RequestedFields {
  const nodes = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
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
  return {
    nodes,
    has: (key) => nodes.has(key),
    below(key) {
      const made = known.get(key) ?? fieldsIn(selectionSetsOf(nodes.get(key) ?? []), fragments, renamed)
      known.set(key, made)
      return made
    },
  }
}

function selectionSetsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
}
