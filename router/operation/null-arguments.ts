// Tested in ../conformance/features/null-arguments.ts: the test checks responses.

import {
  type FieldNode,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  print,
  type TypeInfo,
  type ValueNode,
} from 'graphql'
import { shortened } from '../shortened.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import { conditionVariables } from './conditions.ts'
import { mapFields, type Operation } from './operation.ts'

type Variables = Readonly<Record<string, unknown>>

/** Longest value of an argument in a message, in characters. */
const MAX_VALUE = 200

/** The variables in a value at places whose type is non-null. */
function* variablesAt(value: ValueNode, type: GraphQLInputType): Generator<string> {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (value.kind === Kind.VARIABLE) {
    if (nullable !== type) yield value.name.value
  } else if (value.kind === Kind.LIST) {
    if (isListType(nullable)) for (const item of value.values) yield* variablesAt(item, nullable.ofType)
  } else if (value.kind === Kind.OBJECT && isInputObjectType(nullable)) {
    const types = nullable.getFields()
    for (const { name, value: inner } of value.fields) {
      const field = types[name.value]
      if (field) yield* variablesAt(inner, field.type)
    }
  } else if (isListType(nullable)) yield* variablesAt(value, nullable.ofType)
}

/** The arguments of a field that hold variables at places whose type is non-null. */
function* argumentsOf({ arguments: given = [] }: FieldNode, typeInfo: TypeInfo) {
  const types = typeInfo.getFieldDef()?.args ?? []
  for (const { name, value } of given) {
    const argument = types.find((one) => one.name === name.value)
    if (argument)
      yield { name: name.value, value, type: argument.type, names: variablesAt(value, argument.type) }
  }
}

/**
 * The variables that may be null where null is not allowed. Validation permits a nullable variable at a
 * non-null place with a default, or if the variable has a default itself (5.8.5, All Variable Usages Are
 * Allowed).
 */
export function riskyVariables(operation: Operation, supergraph: LoadedSupergraph): readonly string[] {
  const { variableDefinitions = [] } = operation.definition
  const nullable = variableDefinitions.filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
  if (nullable.length === 0) return []
  const found = new Set<string>()
  mapFields(operation, supergraph, (field, _, typeInfo) => {
    for (const { names } of argumentsOf(field, typeInfo)) for (const name of names) found.add(name)
    return undefined
  })
  for (const name of conditionVariables(operation)) found.add(name)
  return nullable.map(({ variable }) => variable.name.value).filter((name) => found.has(name))
}

/** The variables that are null in a request. An absent variable is not: the argument then has its default. */
export function nullsAmong(names: readonly string[], variables: Variables): readonly string[] {
  return names.filter((name) => Object.hasOwn(variables, name) && variables[name] === null)
}

/**
 * The reason why a field has no value if these variables are null (6.4.1, CoerceArgumentValues), in
 * graphql-js's words; null if it has a value.
 */
export function nullArgumentOf(
  field: FieldNode,
  typeInfo: TypeInfo,
  nulls: ReadonlySet<string>,
): string | null {
  for (const { name, value, type, names } of argumentsOf(field, typeInfo)) {
    if (![...names].some((variable) => nulls.has(variable))) continue
    return value.kind === Kind.VARIABLE
      ? `Argument "${name}" of non-null type "${type}" must not be null.`
      : `Argument "${name}" has invalid value ${shortened(print(value), MAX_VALUE)}.`
  }
  return null
}
