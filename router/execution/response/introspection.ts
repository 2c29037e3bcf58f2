import {
  type ExecutionResult,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import type { Operation } from '../../operation/operation.ts'
import type { Shaping } from './response-state.ts'

/** Answers the selections of one introspection field; the JSON text of its value. */
export type Introspect = (nodes: readonly FieldNode[], variables: Shaping['variables']) => string

/**
 * Answers introspection from the client schema, by graphql-js; only once if no variable can affect the
 * answer.
 */
export function introspector(operation: Operation, schema: GraphQLSchema): Introspect {
  const { variableDefinitions = [] } = operation.definition
  const kept = new WeakMap<FieldNode, string>()
  return (nodes, variables) => {
    const [first] = nodes
    const known = first && kept.get(first)
    if (known !== undefined) return known
    const definition: OperationDefinitionNode = {
      kind: Kind.OPERATION_DEFINITION,
      // The type is graphql-js's enum, whose values are these words.
      operation: 'query' as OperationDefinitionNode['operation'],
      variableDefinitions,
      selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
    }
    const definitions = [definition, ...Object.values(operation.fragments)]
    const document = { kind: Kind.DOCUMENT as const, definitions }
    const { data }: ExecutionResult = executeSync({ schema, document, variableValues: variables })
    const text = JSON.stringify(Object.values(data ?? {})[0] ?? null)
    if (first && variableDefinitions.length === 0) kept.set(first, text)
    return text
  }
}
