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

/** Fragments in fragments multiply by the number of types at every level: an operation of a line could become one of gigabytes. */
const MOST_SELECTIONS = 20_000

type Narrowing = { readonly schema: GraphQLSchema; left: number }

/**
 * The same operation in normal form, each fragment on an interface or a union in as many as objects there can be of both
 * it and the type around it, and none where there can be none. Apollo's planner fails on some that go from an interface
 * object to another interface, or contradict each other; on these it does not.
 * @throws where it would become too long.
 */
export function withNarrowFragments({ definition, fragments }: Operation, schema: GraphQLSchema): Operation {
  const root = schema.getRootType(definition.operation)
  if (!root) throw new Error(`the schema has no ${definition.operation} root`)
  const narrowing: Narrowing = { schema, left: MOST_SELECTIONS }
  return {
    definition: { ...definition, selectionSet: narrowed(definition.selectionSet, root, narrowing) },
    fragments,
  }
}

function narrowed(
  { kind, selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  narrowing: Narrowing,
): SelectionSetNode {
  narrowing.left -= selections.length
  if (narrowing.left < 0) throw new Error(`an operation of more than ${MOST_SELECTIONS} selections`)
  const narrow = (selection: SelectionNode): readonly SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a normal form spreads no fragment')
    if (selection.kind === Kind.INLINE_FRAGMENT) return fragmentsOf(selection, type, narrowing)
    if (!selection.selectionSet) return [selection]
    const below = getNamedType(fieldOf(type, selection.name.value).type)
    if (!isCompositeType(below)) return [selection]
    return [{ ...selection, selectionSet: narrowed(selection.selectionSet, below, narrowing) }]
  }
  const all = selections.flatMap(narrow)
  return { kind, selections: all.length > 0 ? all : [TYPENAME] }
}

function fragmentsOf(
  fragment: InlineFragmentNode,
  around: GraphQLCompositeType,
  narrowing: Narrowing,
): readonly InlineFragmentNode[] {
  const { schema } = narrowing
  const { typeCondition, selectionSet } = fragment
  const named = typeCondition && schema.getType(typeCondition.name.value)
  const condition = isCompositeType(named) ? named : around
  if (condition === around) return [{ ...fragment, selectionSet: narrowed(selectionSet, around, narrowing) }]
  const possible = possibleTypes(around, schema)
  return possibleTypes(condition, schema)
    .filter((type) => possible.includes(type))
    .map((type) => ({
      ...fragment,
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type.name } },
      selectionSet: narrowed(selectionSet, type, narrowing),
    }))
}

function possibleTypes(type: GraphQLCompositeType, schema: GraphQLSchema) {
  if (isObjectType(type)) return [type]
  return isAbstractType(type) ? schema.getPossibleTypes(type) : []
}
