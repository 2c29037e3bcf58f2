import { isDeepStrictEqual } from 'node:util'
import { type DocumentNode, execute, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { type Facts, type Instance, isMade } from '../world/field-values.ts'

/** Fields are missing, superfluous, or in another order. */
export const SHAPE = 'the fields differ from those selected, or are in another order'

/** An object of the graph, and the object of the response that should represent it. */
type Pair = {
  readonly __typename: string
  readonly instance: Instance | undefined
  readonly answered: unknown
}

/**
 * Whether faults explain a response with nulls: all values are correct, null occurs only where the schema
 * allows it, no field is missing or superfluous, and the fields are in order. graphql-js decides: it executes
 * the operation again with the response's nulls in place of values.
 * @returns the violation; null if there is none.
 */
export async function violation(
  facts: Facts,
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
  answered: unknown,
): Promise<string | null> {
  if (answered === null) return null
  const wrong: string[] = []
  const rootValue: Pair = { __typename: '', instance: undefined, answered }
  const fieldResolver = pairing(facts, wrong)
  const { data, errors = [] } = await execute({ schema, document, variableValues, rootValue, fieldResolver })
  if (wrong[0]) return wrong[0]
  if (errors[0]) return `${errors[0].message} at ${errors[0].path?.join('.')}`
  return JSON.stringify(data) === JSON.stringify(answered) ? null : SHAPE
}

function pairing(facts: Facts, wrong: string[]): GraphQLFieldResolver<Pair, unknown> {
  return ({ instance, answered }, args, _, { parentType, fieldName, path }) => {
    // The part of the response for an object is an object; otherwise this has been reported below.
    const value = (answered as Readonly<Record<string, unknown>>)[path.key]
    const { concrete = parentType.name, number = 0 } = instance ?? {}
    const right = (): unknown => {
      if (parentType.name === 'Box') return `${concrete}:${number}`
      return facts.isMade(concrete, fieldName)
        ? facts.made(concrete, number, fieldName, facts.required(concrete, number, fieldName))
        : facts.value(concrete, number, fieldName, args)
    }
    return paired(right(), value, () =>
      wrong.push(`${concrete}:${number}.${fieldName} is ${JSON.stringify(value)}`),
    )
  }
}

function paired(right: unknown, answered: unknown, complain: () => void): unknown {
  if (answered === null || answered === undefined) return null
  if (Array.isArray(right)) {
    if (Array.isArray(answered) && answered.length === right.length) {
      return right.map((element, index) => paired(element, answered[index], complain))
    }
  } else if (typeof right === 'object' && right !== null && 'concrete' in right) {
    // Checked on the line above.
    const instance = right as Instance
    if (typeof answered === 'object' && !Array.isArray(answered)) {
      return { __typename: instance.__typename, instance, answered } satisfies Pair
    }
  } else if (isMade(right) ? isMade(answered) : isDeepStrictEqual(right, answered)) return answered
  complain()
  return null
}
