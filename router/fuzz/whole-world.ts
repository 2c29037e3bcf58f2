import { type DocumentNode, execute, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import type { Facts, Instance } from './values.ts'

/** The oracle: what plain graphql-js answers when one schema knows the whole world and nothing fails. */
export async function answerOfWhole(
  facts: Facts,
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { data, errors } = await execute({
    schema,
    document,
    variableValues,
    fieldResolver: resolverOf(facts),
  })
  if (errors) throw new AggregateError(errors, `the oracle itself fails: ${errors.join('\n')}`)
  return data
}

/** What the whole world says of a field. */
export function resolverOf(facts: Facts): GraphQLFieldResolver<Instance | undefined, unknown> {
  return (source, args, _, { parentType, fieldName }) => {
    const { concrete = parentType.name, number = 0 } = source ?? {}
    if (parentType.name === 'Box') return `${concrete}:${number}`
    return facts.field(concrete, fieldName)?.requires
      ? facts.made(concrete, number, fieldName, facts.required(concrete, number, fieldName))
      : facts.value(concrete, number, fieldName, args)
  }
}
