import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { hidesMembers } from '../../supergraph/hidden-members.ts'
import type { Operation } from '../operation.ts'
import { type DataKeys, isCondition } from '../response-keys.ts'
import { isNarrowed } from './narrowed-fields.ts'
import { eachOnce, under } from './root-fields.ts'
import { type Assumed, reach } from './selection-conditions.ts'

export const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/**
 * Keeps a selection set from being empty. Distinguish it from `TYPENAME` by identity: the type is not
 * requested.
 */
export const PLACEHOLDER: FieldNode = { ...TYPENAME }

/**
 * The type by which fragments are distinguished. Distinguish it from `TYPENAME` by identity: it is not
 * requested if no fragment applies.
 */
export const FRAGMENT_TYPE: FieldNode = { ...TYPENAME }

type Reader = {
  readonly operation: Operation
  readonly schema: GraphQLSchema
  readonly keys: DataKeys
}

/**
 * An operation in the form in which it is planned: fields under their data keys, fragments inlined, constant
 * conditions evaluated, introspection removed, since the router answers it.
 * @returns null if nothing is left to fetch.
 */
export function normalForm(operation: Operation, schema: GraphQLSchema, keys: DataKeys): Operation | null {
  const { definition } = operation
  const root = schema.getRootType(definition.operation)
  if (!root) throw new Error(`the schema has no ${definition.operation} root`)
  const reader = { operation, schema, keys }
  const all = fetched(selectionsIn(definition.selectionSet, root, reader, new Map()).selections)
  const selections = definition.operation === 'mutation' ? eachOnce(all) : all
  if (selections.length === 0) return null
  const normal = { ...definition, selectionSet: setOf(selections) }
  const { variableDefinitions: declared = [] } = definition
  const used = declared.length > 0 ? variablesIn(normal.selectionSet) : null
  const variableDefinitions = declared.filter(({ variable }) => used?.has(variable.name.value))
  return { definition: { ...normal, variableDefinitions, directives: [] }, fragments: {} }
}

/**
 * Root selections that a subgraph must resolve, since the root's type is known. They are taken out of
 * fragments, because both planners execute the fields of a fragment concurrently, while mutations run one
 * after another.
 */
function fetched(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  return selections.flatMap((selection): readonly SelectionNode[] => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return selection === TYPENAME ? [] : [selection]
    return fetched(selection.selectionSet.selections).map((below) => under(selection, below))
  })
}

function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections }
}

type Selected = {
  readonly selections: readonly SelectionNode[]
  /** Whether it has fragments on other types than that of its object. */
  readonly fragments: boolean
  /** Whether it has fields that say more for some types of the object. */
  readonly narrows: boolean
}

function selectionsIn(
  { selections }: SelectionSetNode,
  parent: GraphQLCompositeType,
  reader: Reader,
  assumed: Assumed,
): Selected {
  const normal: SelectionNode[] = []
  let fragments = false
  let narrows = false
  for (const selection of selections) {
    const reached = reach(selection.directives, assumed)
    if (!reached) continue
    if (selection.kind === Kind.FIELD) {
      const field = fieldIn(selection, parent, reader, reached)
      if (field && !(field === TYPENAME && normal.includes(TYPENAME))) normal.push(field)
      narrows ||= isNarrowed(parent, selection.name.value, reader.schema)
      continue
    }
    const fragment = fragmentIn(selection, parent, reader, reached.assumed)
    fragments ||= fragment.condition !== parent || fragment.fragments
    narrows ||= fragment.narrows
    if (fragment.selections.length === 0) continue
    normal.push({
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: {
        kind: Kind.NAMED_TYPE,
        name: { kind: Kind.NAME, value: fragment.condition.name },
      },
      directives: reached.directives,
      selectionSet: setOf(fragment.selections),
    })
  }
  return { selections: normal, fragments, narrows }
}

function fragmentIn(
  selection: Exclude<SelectionNode, FieldNode>,
  parent: GraphQLCompositeType,
  reader: Reader,
  assumed: Assumed,
) {
  const fragment =
    selection.kind === Kind.INLINE_FRAGMENT ? selection : reader.operation.fragments[selection.name.value]
  if (!fragment) throw new Error('the operation has an unknown fragment')
  const named = fragment.typeCondition && reader.schema.getType(fragment.typeCondition.name.value)
  const condition = isCompositeType(named) ? named : parent
  return { condition, ...selectionsIn(fragment.selectionSet, condition, reader, assumed) }
}

function fieldIn(
  field: FieldNode,
  parent: GraphQLCompositeType,
  reader: Reader,
  { directives, assumed }: NonNullable<ReturnType<typeof reach>>,
): FieldNode | null {
  const name = field.name.value
  if (name === '__typename') return TYPENAME
  if (name === '__schema' || name === '__type') return null
  const definition = fieldOf(parent, name)
  const key = reader.keys.keyOf(field)
  const named = getNamedType(definition.type)
  const selections =
    field.selectionSet && isCompositeType(named) ? below(field.selectionSet, named, reader, assumed) : null
  return {
    kind: Kind.FIELD,
    alias: key === name ? undefined : { kind: Kind.NAME, value: key },
    name: field.name,
    arguments: field.arguments,
    directives,
    selectionSet: selections ? setOf(selections) : undefined,
  }
}

/** The selections of a field, which are never none. */
function below(
  selectionSet: SelectionSetNode,
  type: GraphQLCompositeType,
  reader: Reader,
  assumed: Assumed,
): readonly SelectionNode[] {
  const { selections, fragments, narrows } = selectionsIn(selectionSet, type, reader, assumed)
  // The applicable fragments are determined again here, by the object's type.
  const needsType = (narrows && isAbstractType(type)) || hidesMembers(type)
  // The object exists whatever the conditions. Apollo's planner omits it together with the selections that
  // may be skipped.
  const needsAny = !selections.some((selection) => isSure(selection, type, reader.schema))
  if (selections.includes(TYPENAME)) return selections
  if (needsType) return [TYPENAME, ...selections]
  if (fragments && isAbstractType(type)) return [FRAGMENT_TYPE, ...selections]
  return needsAny ? [PLACEHOLDER, ...selections] : selections
}

/** Whether every object of a type has the selection. */
function isSure(selection: SelectionNode, type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  if (selection.directives?.some(({ name }) => isCondition(name.value))) return false
  if (selection.kind !== Kind.INLINE_FRAGMENT) return true
  const condition = schema.getType(selection.typeCondition?.name.value ?? type.name)
  const covers =
    condition === type ||
    (isAbstractType(condition) &&
      (isObjectType(type) || isInterfaceType(type)) &&
      schema.isSubType(condition, type))
  return covers && selection.selectionSet.selections.some((below) => isSure(below, type, schema))
}

/** @throws if the type has no such field: the operation was not validated against this schema. */
export function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
  if (!field) throw new Error(`${type.name} has no field ${name}`)
  return field
}

/** Not a visitor of graphql-js, which looks at every name and took a third of the memory of a normal form. */
function variablesIn({ selections }: SelectionSetNode, names = new Set<string>()): ReadonlySet<string> {
  for (const selection of selections) {
    for (const { arguments: args = [] } of selection.directives ?? []) inValues(args, names)
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue
    if (selection.kind === Kind.FIELD) inValues(selection.arguments, names)
    if (selection.selectionSet) variablesIn(selection.selectionSet, names)
  }
  return names
}

function inValues(given: readonly { readonly value: ValueNode }[] = [], names: Set<string>): void {
  for (const { value } of given) {
    if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    else if (value.kind === Kind.OBJECT) inValues(value.fields, names)
    else if (value.kind === Kind.LIST) {
      inValues(
        value.values.map((item) => ({ value: item })),
        names,
      )
    }
  }
}
