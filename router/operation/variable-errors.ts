// Tested in coerce-variables.test.ts: the test coerces variables.

import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { isExactNumber } from '../json/exact-number.ts'
import { shortened } from '../shortened.ts'
import { MAX_ERRORS, MAX_MESSAGE } from './document-errors.ts'
import { exactLeaf } from './exact-leaf.ts'
import { printValue } from './print-value.ts'

/** Longest value that a message prints, in characters. */
const MAX_VALUE = 1_000

/**
 * The errors of variables that `coerceVariables` found invalid, in the words of graphql-js's
 * `getVariableValues`, which prints whole values, each as often as it has errors.
 * @returns at most MAX_ERRORS, followed by one that states that there are more.
 */
export function variableErrors(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Readonly<Record<string, unknown>>,
  hideSuggestions: boolean,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = []
  const report = (message: string, nodes: VariableDefinitionNode) => {
    if (errors.length >= MAX_ERRORS) throw new TooMany()
    errors.push(new GraphQLError(shortened(message, MAX_MESSAGE), { nodes }))
  }
  try {
    for (const definition of definitions) reportVariable(schema, definition, given, hideSuggestions, report)
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    const message = 'Too many errors processing variables, error limit reached. Execution aborted.'
    errors.push(new GraphQLError(message))
  }
  return errors.length > 0 ? errors : [new GraphQLError('A variable has a value that is not of its type.')]
}

class TooMany extends Error {}

function reportVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  given: Readonly<Record<string, unknown>>,
  hideSuggestions: boolean,
  report: (message: string, nodes: VariableDefinitionNode) => void,
): void {
  const name = definition.variable.name.value
  const type = typeFromAST(schema, definition.type)
  // Validation has refused any other.
  if (!isInputType(type)) return
  const value = given[name]
  if (!Object.hasOwn(given, name)) {
    if (isNonNullType(type) && !definition.defaultValue)
      report(`Variable "$${name}" of required type "${type}" was not provided.`, definition)
  } else if (value === null && isNonNullType(type)) {
    report(`Variable "$${name}" of non-null type "${type}" must not be null.`, definition)
  } else {
    const printed = printerOfValues()
    const onError = (path: readonly (string | number)[], wrong: unknown, { message }: GraphQLError) => {
      // A field with the name of an inherited property such as `constructor`, which graphql-js takes for a
      // value.
      if (typeof wrong === 'function') return
      const [, type = ''] = /^(.*?) cannot represent/.exec(message) ?? []
      const isExact = isExactNumber(wrong)
      if (isExact && exactLeaf(type, wrong, false) !== undefined) return
      const reason = isExact ? `${type} cannot represent it exactly.` : message
      const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
      const at = place === '' ? '' : ` at "${name}${place}"`
      report(`Variable "$${name}" got invalid value ${printed(wrong)}${at}; ${reason}`, definition)
    }
    coerceInputValue(value, type, onError, hideSuggestions)
  }
}

/**
 * Prints values. A value with several errors in a row, such as an object with unknown fields, is printed
 * once.
 */
function printerOfValues(): (value: unknown) => string {
  let last: { readonly value: unknown; readonly text: string } | null = null
  return (value) => {
    if (last === null || last.value !== value) last = { value, text: printValue(value, MAX_VALUE) }
    return last.text
  }
}
