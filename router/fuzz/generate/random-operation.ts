import type { GraphQLInputType, GraphQLSchema } from 'graphql'
import type { Draw } from '../seeded-random.ts'
import { repeatedMutations } from './random-mutations.ts'
import { selectionSet, type Writing } from './random-selection.ts'

/** An operation as text, with the possible values of its variables. */
export type RandomOperation = {
  readonly text: string
  readonly variables: ReadonlyMap<string, GraphQLInputType>
}

/**
 * A query, or sometimes a mutation, for a client schema. It may violate validation rules where selections
 * overlap.
 */
export function randomOperation(schema: GraphQLSchema, draw: Draw): RandomOperation {
  const mutation = schema.getMutationType()
  const isMutation = mutation !== null && mutation !== undefined && draw.chance(12)
  const root = isMutation ? mutation : schema.getQueryType()
  if (!root) throw new Error('the schema has no Query')
  const writing: Writing = { schema, variables: new Map(), fragments: new Map(), room: 6 + draw.int(30) }
  const asked = draw.fork('introspection').chance(5)
    ? ` ${introspection(schema, draw.fork('introspected'))} }`
    : null
  const written =
    isMutation && draw.fork('repeats').chance(60)
      ? repeatedMutations(root, draw.fork('repeated'), writing)
      : selectionSet(root, draw, writing, 0)
  const body = asked === null || isMutation ? written : `${written.slice(0, -2)}${asked}`
  const head = [...writing.variables].map(([name, { type, initial }]) => `$${name}: ${type}${initial}`)
  const text = `${isMutation ? 'mutation' : 'query'} Case${head.length > 0 ? `(${head.join(', ')})` : ''} ${body}`
  return {
    text: [text, ...writing.fragments.values()].join('\n'),
    variables: new Map([...writing.variables].map(([name, { type }]) => [name, type])),
  }
}

/** Fields that the router itself answers, besides those of subgraphs. */
function introspection(schema: GraphQLSchema, draw: Draw): string {
  const name = draw.pick(Object.keys(schema.getTypeMap()).filter((type) => !type.startsWith('__')))
  const type =
    'kind fields { name args { name defaultValue } type { name ofType { name } } } enumValues { name }'
  return draw.chance(50)
    ? `__type(name: "${name}") { ${type} }`
    : '__schema { queryType { name } types { name } }'
}
