import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { type Random, seededRandom } from '../graphs/random.ts'
import type { Operation } from './requests.ts'

/** Maximum nesting of fields, and the number of ids of each type. */
const DEPTH = 5
const IDS = 10

type Making = { readonly random: Random; readonly variables: Map<string, { type: string; value: unknown }> }

/**
 * A valid operation for a seed: fields, aliases, nesting and variables vary.
 * @param schema object types and leaves only; arguments are `first: Int` and `id: ID!`.
 */
export function randomOperation(schema: GraphQLSchema, seed: number): Operation {
  const making: Making = { random: seededRandom(seed), variables: new Map() }
  const query = schema.getQueryType()
  if (!query) throw new Error('the schema has no Query')
  const roots = Object.values(query.getFields())
  const chosen = some(making.random, roots, 2).map((field) => selection(field, DEPTH, making))
  const declared = [...making.variables].map(([name, { type }]) => `$${name}: ${type}`)
  const head = declared.length > 0 ? `query Made${seed}(${declared.join(', ')})` : `query Made${seed}`
  return {
    query: `${head} { ${chosen.join(' ')} }`,
    variables: Object.fromEntries([...making.variables].map(([name, { value }]) => [name, value])),
  }
}

/** Distinct operations: the seeds are `from`, `from + 1`, … */
export function randomOperations(schema: GraphQLSchema, from: number, count: number): Operation[] {
  return Array.from({ length: count }, (_, index) => randomOperation(schema, from + index))
}

function selection(field: GraphQLField<unknown, unknown>, depth: number, making: Making): string {
  const alias = making.random.below(4) === 0 ? `${field.name}${making.random.below(10)}: ` : ''
  const given = field.args.flatMap(({ name, type }) => {
    const needed = String(type).endsWith('!')
    if (!needed && making.random.below(3) === 0) return []
    return [`${name}: ${argument(name, String(type), field.name, making)}`]
  })
  const args = given.length > 0 ? `(${given.join(', ')})` : ''
  const type = getNamedType(field.type)
  const inner = isObjectType(type) ? ` ${selectionSet(type, depth - 1, making)}` : ''
  return `${alias}${field.name}${args}${inner}`
}

function selectionSet(type: GraphQLObjectType, depth: number, making: Making): string {
  const fields = Object.values(type.getFields())
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)))
  const nested = depth > 0 ? fields.filter((field) => isObjectType(getNamedType(field.type))) : []
  const chosen = [
    ...some(making.random, leaves, 4),
    ...(nested.length > 0 ? some(making.random, nested, 2) : []),
  ]
  return `{ ${chosen.map((field) => selection(field, depth, making)).join(' ')} }`
}

/** Half of the arguments are variables, half are literals. */
function argument(name: string, type: string, field: string, { random, variables }: Making): string {
  const value = name === 'first' ? 1 + random.below(3) : `${field}-${1 + random.below(IDS)}`
  if (random.below(2) === 0) return JSON.stringify(value)
  const variable = `${name}${variables.size}`
  variables.set(variable, { type, value })
  return `$${variable}`
}

/** One to `most` distinct values, in their order. */
function some<T>(random: Random, values: readonly T[], most: number): T[] {
  const wanted = 1 + random.below(Math.min(most, values.length))
  const left = [...values]
  while (left.length > wanted) left.splice(random.below(left.length), 1)
  return left
}
