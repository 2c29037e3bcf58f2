import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Operation } from '../operation/operation.ts'
import { fieldOf, TYPENAME } from './normal-form.ts'

/**
 * The same operation in normal form, each fragment on an interface or a union in as many as objects there can be of both
 * it and the type around it, and none where there can be none. Apollo's planner fails on some that go from an interface
 * object to another interface, or contradict each other; on these it does not.
 */
export function withNarrowFragments({ definition, fragments }: Operation, schema: GraphQLSchema): Operation {
  const root = schema.getRootType(definition.operation)
  if (!root) throw new Error(`the schema has no ${definition.operation} root`)
  return {
    definition: { ...definition, selectionSet: narrowed(definition.selectionSet, root, schema) },
    fragments,
  }
}

function narrowed(
  { kind, selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): SelectionSetNode {
  const narrow = (selection: SelectionNode): readonly SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a normal form spreads no fragment')
    if (selection.kind === Kind.INLINE_FRAGMENT) return fragmentsOf(selection, type, schema)
    if (!selection.selectionSet) return [selection]
    const below = getNamedType(fieldOf(type, selection.name.value).type)
    if (!isCompositeType(below)) return [selection]
    return [{ ...selection, selectionSet: narrowed(selection.selectionSet, below, schema) }]
  }
  const all = selections.flatMap(narrow)
  return { kind, selections: all.length > 0 ? all : [TYPENAME] }
}

function fragmentsOf(
  fragment: InlineFragmentNode,
  around: GraphQLCompositeType,
  schema: GraphQLSchema,
): readonly InlineFragmentNode[] {
  const { typeCondition, selectionSet } = fragment
  const named = typeCondition && schema.getType(typeCondition.name.value)
  const condition = isCompositeType(named) ? named : around
  if (condition === around) return [{ ...fragment, selectionSet: narrowed(selectionSet, around, schema) }]
  const possible = possibleTypes(around, schema)
  return possibleTypes(condition, schema)
    .filter((type) => possible.includes(type))
    .map((type) => ({
      ...fragment,
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type.name } },
      selectionSet: narrowed(selectionSet, type, schema),
    }))
}

function possibleTypes(type: GraphQLCompositeType, schema: GraphQLSchema) {
  if (isObjectType(type)) return [type]
  return isAbstractType(type) ? schema.getPossibleTypes(type) : []
}
