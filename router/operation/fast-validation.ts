import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEqualType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isTypeSubTypeOf,
  isUnionType,
  Kind,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  typeFromAST,
  type ValueNode,
} from 'graphql'
import { isCondition } from './response-keys.ts'

/**
 * Number of selections, with fragments expanded, above which the rules of graphql-js validate, which visit
 * each fragment once.
 */
const SELECTIONS = 2_000

type Reading = {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Map<string, GraphQLInputType>
  readonly spread: Set<string>
  readonly used: Set<string>
  left: number
}

type Placed = { readonly selectionSet: SelectionSetNode; readonly parent: GraphQLCompositeType }

/**
 * Whether a document of one operation certainly passes every rule of the specification: one walk instead of
 * graphql-js's 26 visitors with their suggestions, 0.03 ms instead of 0.35 ms for thirty fields. False means
 * nothing: rare constructs (introspection, directives other than `@skip` and `@include`, one name for two
 * fields with arguments) are left to the rules, and so are the error messages.
 */
export function isSurelyValid(schema: GraphQLSchema, { definitions }: DocumentNode): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>()
  let operation: OperationDefinitionNode | null = null
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && isPlain(definition))
      fragments.set(definition.name.value, definition)
    else if (definition.kind === Kind.OPERATION_DEFINITION && isPlain(definition)) operation = definition
    else return false
  }
  if (!operation || fragments.size + 1 !== definitions.length || operation.operation === 'subscription')
    return false
  const parent = schema.getRootType(operation.operation)
  const reading: Reading = {
    ...{ schema, fragments, left: SELECTIONS },
    ...{ variables: new Map(), spread: new Set(), used: new Set() },
  }
  return (
    !!parent &&
    declare(operation, reading) &&
    areSelections([{ selectionSet: operation.selectionSet, parent }], reading) &&
    reading.used.size === reading.variables.size &&
    reading.spread.size === fragments.size
  )
}

function isPlain(node: OperationDefinitionNode | FragmentDefinitionNode): boolean {
  // Fragments with variables are an experimental feature of the parser.
  return !node.directives?.length && (node.kind === Kind.OPERATION_DEFINITION || !node.variableDefinitions)
}

function declare({ variableDefinitions = [] }: OperationDefinitionNode, reading: Reading): boolean {
  return variableDefinitions.every(({ variable, type, defaultValue, directives = [] }) => {
    const declared = typeFromAST(reading.schema, type)
    if (!isInputType(declared) || directives.length > 0 || reading.variables.has(variable.name.value))
      return false
    reading.variables.set(variable.name.value, declared)
    return !defaultValue || isValue(defaultValue, declared, reading)
  })
}

/** Fields under one response name, equal but for their selection sets. */
type Selected = { readonly field: FieldNode; readonly type: GraphQLOutputType; readonly below: Placed[] }

/** Whether selections of one object fit their types and each other. */
function areSelections(sets: readonly Placed[], reading: Reading): boolean {
  const fields = new Map<string, Selected>()
  const isField = (field: FieldNode, parent: GraphQLCompositeType): boolean => {
    const definition = fieldOf(parent, field.name.value)
    if (!definition || !areArguments(field.arguments, definition.args, reading)) return false
    const named = getNamedType(definition.type)
    const composite = isCompositeType(named) ? named : null
    if (!composite !== !field.selectionSet) return false
    const name = (field.alias ?? field.name).value
    const known = fields.get(name)
    if (known && !isAlike(known, field, definition.type)) return false
    const selected = known ?? { field, type: definition.type, below: [] }
    fields.set(name, selected)
    if (composite && field.selectionSet)
      selected.below.push({ selectionSet: field.selectionSet, parent: composite })
    return true
  }
  const isSelection = (selection: SelectionNode, parent: GraphQLCompositeType): boolean => {
    if (reading.left-- <= 0 || !areConditions(selection.directives, reading)) return false
    if (selection.kind === Kind.FIELD) return isField(selection, parent)
    if (selection.kind === Kind.FRAGMENT_SPREAD) reading.spread.add(selection.name.value)
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : reading.fragments.get(selection.name.value)
    const name = fragment?.typeCondition?.name.value
    const type = name === undefined ? parent : reading.schema.getType(name)
    if (!fragment || !isCompositeType(type) || !doTypesOverlap(reading.schema, type, parent)) return false
    return fragment.selectionSet.selections.every((below) => isSelection(below, type))
  }
  return (
    sets.every((set) =>
      set.selectionSet.selections.every((selection) => isSelection(selection, set.parent)),
    ) && [...fields.values()].every(({ below }) => below.length === 0 || areSelections(below, reading))
  )
}

function fieldOf(parent: GraphQLCompositeType, name: string) {
  if (name === '__typename') return TypeNameMetaFieldDef
  return isUnionType(parent) ? undefined : parent.getFields()[name]
}

function isAlike({ field, type }: Selected, other: FieldNode, otherType: GraphQLOutputType): boolean {
  const given = (field.arguments?.length ?? 0) + (other.arguments?.length ?? 0)
  return field.name.value === other.name.value && given === 0 && isEqualType(type, otherType)
}

function areConditions(directives: readonly DirectiveNode[] = [], reading: Reading): boolean {
  if (directives.length === 0) return true
  const names = new Set(directives.map(({ name }) => name.value))
  return (
    names.size === directives.length &&
    directives.every((directive) => {
      const definition =
        isCondition(directive.name.value) && reading.schema.getDirective(directive.name.value)
      return definition && areArguments(directive.arguments, definition.args, reading)
    })
  )
}

type Input = { readonly name: string; readonly type: GraphQLInputType; readonly defaultValue?: unknown }

/** Arguments of a field or directive, or fields of an input object: unique, known, and complete. */
function areArguments(
  given: readonly (ArgumentNode | ObjectFieldNode)[] = [],
  inputs: readonly Input[],
  reading: Reading,
): boolean {
  if (given.length + inputs.length === 0) return true
  const knows = given.every(({ name, value }, index) => {
    const input = inputs.find((one) => one.name === name.value)
    const isFirst = given.findIndex((other) => other.name.value === name.value) === index
    return input !== undefined && isFirst && isValue(value, input.type, reading)
  })
  const isNeeded = ({ type, defaultValue }: Input) => isNonNullType(type) && defaultValue === undefined
  return (
    knows && inputs.every((input) => !isNeeded(input) || given.some(({ name }) => name.value === input.name))
  )
}

function isValue(value: ValueNode, type: GraphQLInputType, reading: Reading): boolean {
  if (value.kind === Kind.VARIABLE) {
    const declared = reading.variables.get(value.name.value)
    reading.used.add(value.name.value)
    return declared !== undefined && isTypeSubTypeOf(reading.schema, declared, type)
  }
  if (isNonNullType(type)) return value.kind !== Kind.NULL && isValue(value, type.ofType, reading)
  if (value.kind === Kind.NULL) return true
  if (isListType(type)) {
    const items = value.kind === Kind.LIST ? value.values : [value]
    return items.every((item) => isValue(item, type.ofType, reading))
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    return value.kind === Kind.OBJECT && !type.isOneOf && areArguments(value.fields, fields, reading)
  }
  // Lists and objects as values of custom scalars are left to the rules of graphql-js.
  if (value.kind === Kind.LIST || value.kind === Kind.OBJECT) return false
  try {
    return type.parseLiteral(value, undefined) !== undefined
  } catch {
    return false
  }
}
