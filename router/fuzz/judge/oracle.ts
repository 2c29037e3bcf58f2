import { type DocumentNode, execute, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import type { Facts, Instance } from '../world/field-values.ts'
import type { Path } from './path.ts'

/** The correct response as JSON text, the paths of its errors, and the fields of a mutation in order. */
export type Right = {
  readonly text: string
  readonly errors: readonly Path[]
  readonly mutated: readonly string[]
}

/** Messages of graphql-js about inaccessible enum values and types. */
const HIDDEN =
  /^Enum "Hue" cannot represent value|was resolved to a type "\w+" that does not exist inside the schema/

/**
 * The oracle: the response of graphql-js for one schema that resolves the whole world without faults.
 * Inaccessible enum values are errors here too, as are inaccessible objects.
 */
export async function answerOfWhole(
  facts: Facts,
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
): Promise<Right> {
  const mutated: string[] = []
  const resolve = resolverOf(facts)
  const { data, errors = [] } = await execute({
    schema,
    document,
    variableValues,
    fieldResolver(source, args, context, info) {
      if (info.parentType.name === 'Mutation') mutated.push(info.fieldName)
      return resolve(source, args, context, info)
    },
  })
  const unexpected = errors.filter(({ message }) => !HIDDEN.test(message))
  if (unexpected.length > 0) throw new AggregateError(unexpected, `the oracle itself fails: ${unexpected}`)
  return { text: JSON.stringify(data ?? null), errors: errors.map(({ path = [] }) => path), mutated }
}

/** The value of a field in the whole world. */
export function resolverOf(facts: Facts): GraphQLFieldResolver<Instance | undefined, unknown> {
  return (source, args, _, { parentType, fieldName }) => {
    const { concrete = parentType.name, number = 0 } = source ?? {}
    if (parentType.name === 'Box') return `${concrete}:${number}`
    return facts.isMade(concrete, fieldName)
      ? facts.made(concrete, number, fieldName, facts.required(concrete, number, fieldName))
      : facts.value(concrete, number, fieldName, args)
  }
}
