// Tested in any-request.e2e.test.ts: the test sends requests.

import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import type { Draw } from '../../router/fuzz/seeded-random.ts'
import { type KnownValues, scalarValue } from './random-values.ts'

/** An operation with one root field, and its variables. */
export type RandomRequest = {
  readonly operation: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Fields that are selected wherever they are: ids and cursors are values of later requests. */
const ALWAYS = /^(?:edges|node|pageInfo|userErrors|id|cursor|endCursor)$/
/** Levels of input objects below which optional fields are rare. */
const DEEP = 2

/** A request for a root field of the schema, with arguments that fit the types and often nothing else. */
export function randomRequest(
  schema: GraphQLSchema,
  fields: readonly GraphQLField<unknown, unknown>[],
  draw: Draw,
  known: KnownValues,
): RandomRequest {
  const declared: string[] = []
  const variables: Record<string, unknown> = {}
  let aliases = 0

  function inputValue(type: GraphQLInputType, name: string, depth: number): unknown {
    if (isNonNullType(type)) return inputValue(type.ofType, name, depth)
    if (isListType(type)) {
      const length = draw.chance(2) ? 1_000 : draw.int(4)
      return Array.from({ length }, () => inputValue(type.ofType, name, depth + 1))
    }
    if (isEnumType(type)) return draw.pick(type.getValues()).name
    if (!isInputObjectType(type)) return scalarValue(draw, type.name, name, known)
    const all = Object.values(type.getFields())
    const given = type.isOneOf
      ? [draw.pick(all)]
      : all.filter((field) => isNonNullType(field.type) || draw.chance(depth > DEEP ? 20 : 60))
    return Object.fromEntries(given.map((field) => [field.name, optional(field.type, field.name, depth + 1)]))
  }

  function optional(type: GraphQLInputType, name: string, depth: number): unknown {
    return !isNonNullType(type) && draw.chance(6) ? null : inputValue(type, name, depth)
  }

  function argumentsOf(args: readonly GraphQLArgument[]): string {
    const given = args.filter((one) => isRequiredArgument(one) || draw.chance(55))
    const texts = given.map(({ name, type }) => {
      const variable = `${name}${declared.length}`
      declared.push(`$${variable}: ${type}`)
      variables[variable] = optional(type, name, 0)
      return `${name}: $${variable}`
    })
    return texts.length > 0 ? `(${texts.join(', ')})` : ''
  }

  function fieldText({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
    const alias = args.length > 0 ? `alias${aliases++}: ` : ''
    return `${alias}${name}${argumentsOf(args)}${selectionOf(type, depth)}`
  }

  function fieldsOf(type: GraphQLObjectType, depth: number): string {
    const texts = Object.values(type.getFields()).flatMap((field) => {
      const isLeaf = isLeafType(getNamedType(field.type))
      const isAlways = ALWAYS.test(field.name)
      if (!isAlways && !draw.chance(isLeaf ? 80 : 35)) return []
      if (depth === 0 && (!isLeaf || field.args.some(isRequiredArgument))) return []
      return [fieldText(field, isAlways ? depth : depth - 1)]
    })
    return ['__typename', ...texts].join(' ')
  }

  function selectionOf(output: GraphQLOutputType, depth: number): string {
    const type = getNamedType(output)
    if (isObjectType(type)) return ` { ${fieldsOf(type, Math.max(0, depth))} }`
    if (!isAbstractType(type)) return ''
    const members = draw.some(schema.getPossibleTypes(type), 50)
    const fragments = members.map((one) => `... on ${one.name} { ${fieldsOf(one, Math.max(0, depth - 1))} }`)
    return ` { ${['__typename', ...fragments].join(' ')} }`
  }

  const root = draw.pick(fields)
  const text = fieldText(root, 1 + draw.int(3))
  const isMutation = Object.values(schema.getMutationType()?.getFields() ?? {}).includes(root)
  const head = declared.length > 0 ? `(${declared.join(', ')})` : ''
  return { operation: `${isMutation ? 'mutation' : 'query'} Any${head} { ${text} }`, variables }
}
