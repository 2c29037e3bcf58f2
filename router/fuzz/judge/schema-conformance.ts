import { isDeepStrictEqual } from 'node:util'
import { type DocumentNode, execute, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { type Facts, type Instance, isMade } from '../world/field-values.ts'

/** Fields are missing, too many, or in another order. */
export const SHAPE = 'fields differ from those asked for, or stand in another order'

/** An object of the graph beside the object of an answer that should stand for it. */
type Pair = {
  readonly __typename: string
  readonly instance: Instance | undefined
  readonly answered: unknown
}

/**
 * Whether an answer with nulls in it is one that faults explain: every value is the right one, null stands only where
 * the schema allows it, nothing is missing or too much, fields stand in their order. graphql-js judges: it resolves the
 * operation once more, with the answer's nulls in the place of values.
 * @returns what is wrong; null where nothing is.
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
    // The answer's part that belongs to an object is an object, or it was told below.
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
