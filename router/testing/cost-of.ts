import { buildSchema, getVariableValues, parse, validate } from 'graphql'
import { operationCost } from '../operation/cost/operation-cost.ts'
import { schemaCosts } from '../operation/cost/schema-costs.ts'
import { selectOperation } from '../operation/operation.ts'

/** The directives of a supergraph that costs are read from. */
export const DIRECTIVES = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | ENUM_VALUE | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  directive @join__field(graph: String, requires: String) repeatable on FIELD_DEFINITION
`

export type Given = { readonly variables?: Readonly<Record<string, unknown>>; readonly listSize?: number }

/** The costs of an operation over a schema with `@cost` and `@listSize`, by IBM's names. */
export function costOf(sdl: string, text: string, { variables = {}, listSize = 10 }: Given = {}) {
  const schema = buildSchema(DIRECTIVES + sdl)
  const document = parse(text)
  const [error] = validate(schema, document)
  if (error) throw error
  // The part of a supergraph that selecting an operation reads.
  const supergraph = { clientSchema: schema } as Parameters<typeof selectOperation>[2]
  const operation = selectOperation(document, undefined, supergraph)
  const cost = operationCost(operation, () => operation, schemaCosts(schema, schema, listSize))
  const { coerced, errors } = getVariableValues(
    schema,
    operation.definition.variableDefinitions ?? [],
    variables,
  )
  if (!coerced) throw new Error(errors?.join('\n'))
  return {
    estimated: cost.estimate(coerced),
    problem: cost.problem(coerced),
    dearest: cost.dearest(coerced),
    actual: (data: unknown) => cost.actual(data, coerced),
  }
}
