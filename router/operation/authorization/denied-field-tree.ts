// Tested in ../../security/authorization.e2e.test.ts: the test checks the response.

import {
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLOutputType,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { LoadedSupergraph } from '../../supergraph/supergraph.ts'
import type { RestrictedOperation } from './denied-fields.ts'

/** Where below an object refused fields lie: the branches of a selection that lead to markers, and nothing else. */
export type RefusalTree = {
  readonly markers: ReadonlySet<string>
  readonly branches: ReadonlyMap<string, { readonly type: GraphQLOutputType; readonly tree: RefusalTree }>
}

type Growing = {
  readonly markers: Set<string>
  readonly branches: Map<string, { readonly type: GraphQLOutputType; readonly tree: Growing }>
  /** Fragments that are already included here. A second spread of one adds nothing. */
  readonly spread: Set<string>
}

/** Whether a selection set or a fragment's has such a selection at its own level, fragments included. */
type Reader = {
  readonly operation: RestrictedOperation
  readonly typeOf: (name: string) => GraphQLNamedType | undefined
}

function seedling(): Growing {
  return { markers: new Set(), branches: new Map(), spread: new Set() }
}

/** The tree of an operation's markers. Overlapping selections have one response shape (5.3.2), so they merge. */
export function refusalTree(operation: RestrictedOperation, { clientSchema }: LoadedSupergraph): RefusalTree {
  const root = seedling()
  const typeOf = (name: string) => clientSchema.getType(name)
  const owner = clientSchema.getRootType(operation.definition.operation)
  if (owner) grow(root, operation.definition.selectionSet, owner, { operation, typeOf })
  return root
}

function grow(
  into: Growing,
  { selections }: SelectionSetNode,
  owner: GraphQLNamedType,
  reader: Reader,
): void {
  for (const selection of selections) {
    const name = responseNameOf(selection)
    if (name !== undefined && reader.operation.refusals.has(name)) into.markers.add(name)
    else if (selection.kind === Kind.FIELD)
      growBranch(into, selection.selectionSet, name ?? '', owner, selection.name.value, reader)
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = selection.typeCondition ? reader.typeOf(selection.typeCondition.name.value) : owner
      if (type) grow(into, selection.selectionSet, type, reader)
    } else growSpread(into, selection.name.value, reader)
  }
}

function growSpread(into: Growing, name: string, reader: Reader): void {
  const fragment = reader.operation.fragments[name]
  const type = fragment && reader.typeOf(fragment.typeCondition.name.value)
  if (!type || into.spread.has(name)) return
  into.spread.add(name)
  grow(into, fragment.selectionSet, type, reader)
}

function growBranch(
  into: Growing,
  selectionSet: SelectionSetNode | undefined,
  responseName: string,
  owner: GraphQLNamedType,
  fieldName: string,
  reader: Reader,
): void {
  const type = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[fieldName]?.type : undefined
  if (!selectionSet || !type) return
  const tree = into.branches.get(responseName)?.tree ?? seedling()
  grow(tree, selectionSet, getNamedType(type), reader)
  if (tree.markers.size > 0 || tree.branches.size > 0) into.branches.set(responseName, { type, tree })
}

function responseNameOf(selection: SelectionNode): string | undefined {
  return selection.kind === Kind.FIELD ? (selection.alias ?? selection.name).value : undefined
}

/** Whether the operation's root selects, given these variables, a refused field whose absence makes `data` null. */
export function rootIsRefused(
  operation: RestrictedOperation,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  const isSelected = (node: SelectionNode) =>
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
  const isRefused = (selection: SelectionNode): boolean => {
    if (!isSelected(selection)) return false
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(isRefused)
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return operation.fragments[selection.name.value]?.selectionSet.selections.some(isRefused) ?? false
    }
    return operation.refusals.get(responseNameOf(selection) ?? '')?.nonNull ?? false
  }
  return operation.definition.selectionSet.selections.some(isRefused)
}
