import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

type Writable<Node> = { -readonly [Property in keyof Node]: Node[Property] }

const NONE: readonly never[] = []

/**
 * Removes unneeded memory from a parsed document, which is cached for long: arrays with spare capacity, and
 * two empty arrays of each field. It takes a third less memory.
 */
export function shrinkDocument(document: DocumentNode): DocumentNode {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
      continue
    leanSelections(definition.selectionSet)
    const { variableDefinitions } = definition as OperationDefinitionNode
    if (variableDefinitions)
      (definition as Writable<OperationDefinitionNode>).variableDefinitions = lists(variableDefinitions)
  }
  return document
}

function lists<Item>(items: readonly Item[]): readonly Item[] {
  return items.length === 0 ? NONE : items.slice()
}

function leanSelections(set: Writable<SelectionSetNode>): void {
  set.selections = lists(set.selections)
  for (const selection of set.selections as readonly Writable<SelectionNode>[]) {
    if (selection.directives) selection.directives = lists(selection.directives)
    if (selection.kind === Kind.FIELD && selection.arguments) selection.arguments = lists(selection.arguments)
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet)
      leanSelections(selection.selectionSet)
  }
}
