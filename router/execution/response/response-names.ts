import { Kind, parse, type SelectionSetNode } from 'graphql'
import { LRUCache } from 'lru-cache'

/** A request that is answered with errors is asked about for each of them: parsing it every time took 20 µs an error. */
const remembered = new LRUCache<string, ReadonlyMap<string, string>>({ max: 200 })

/**
 * Fields that a request to a subgraph fills: its root fields, or those of the entities that it asks for.
 * @returns the names of the fields by their response names.
 */
export function responseNames(operation: string): ReadonlyMap<string, string> {
  const known = remembered.get(operation)
  if (known) return known
  const names = namesIn(operation)
  remembered.set(operation, names)
  return names
}

function namesIn(operation: string): ReadonlyMap<string, string> {
  const { definitions } = parse(operation, { noLocation: true })
  const names = new Map<string, string>()
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = definitions.find(
          (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
        )
        if (fragment && 'selectionSet' in fragment && fragment.selectionSet) collect(fragment.selectionSet)
      } else if (selection.name.value === '_entities' && selection.selectionSet)
        collect(selection.selectionSet)
      else names.set((selection.alias ?? selection.name).value, selection.name.value)
    }
  }
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) collect(definition.selectionSet)
  }
  return names
}
