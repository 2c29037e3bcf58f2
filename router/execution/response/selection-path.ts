import type { GraphQLCompositeType, SelectionSetNode } from 'graphql'
import type { DataKeys } from '../../operation/response-keys.ts'
import { type CollectedField, collectFields, type Selecting } from './collect-fields.ts'
import type { Introspect } from './introspection.ts'

export type Projecting = Selecting & { readonly keys: DataKeys; readonly introspect: Introspect }

/** Inputs of the response's projection. */
export type Shaped = {
  readonly selectionSet: SelectionSetNode
  readonly root: GraphQLCompositeType
  readonly projecting: Projecting
}

/** An object of `type` that stands at a field of an object; at none: the root. */
export type Place = { readonly up: Place | null; readonly field: string; readonly type: GraphQLCompositeType }

/** The selections of a place, and what they are compiled with, found anew. */
export function revisited({ up, field }: Place, read: () => Shaped): readonly SelectionSetNode[] {
  const { selectionSet, projecting } = read()
  if (!up) return [selectionSet]
  const fields = collectFields(revisited(up, read), up.type, projecting)
  return selectionSetsOf(fields.find(({ responseName }) => responseName === field)?.nodes ?? [])
}

export function selectionSetsOf(nodes: CollectedField['nodes']): readonly SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
}
