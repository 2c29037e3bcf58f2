import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql'
import type { Operation } from './operation.ts'

const OPERATION = Symbol('the operation that a context belongs to')

/** The symbol is on the context itself, since Apollo Server gives resolvers a copy of it. */
type Bounded = object & { [OPERATION]?: Operation }

/**
 * Ties a context to its operation, whose limits then apply to the resolvers. A context without one is not
 * limited.
 */
export function boundedContext<Context extends object>(context: Context, operation: Operation): Context {
  return Object.assign(context, { [OPERATION]: operation })
}

/** Largest number of expected items. Larger pages are refused where the arguments are validated. */
const MAX_PAGE_SIZE = 1_000

/** Counts a value that is available at once, and makes a large list wait for its turn. */
function bounded(operation: Operation, value: unknown): unknown {
  if (typeof value === 'string') operation.addText(value.length)
  else if (Array.isArray(value)) return operation.list(value)
  return value
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** graphql-js's default resolver, within the limits of the operation. */
export const resolveProperty: GraphQLFieldResolver<unknown, Bounded> = (source, args, context, info) => {
  const operation = context[OPERATION]
  if (operation === undefined) return defaultFieldResolver(source, args, context, info)
  if (!operation.enter(info)) return operation.never
  const value = defaultFieldResolver(source, args, context, info)
  return isPromise(value) ? awaited(operation, value) : bounded(operation, value)
}

function awaited(operation: Operation, value: Promise<unknown>): Promise<unknown> {
  return value.then(
    (result) => (operation.isHalted ? operation.never : bounded(operation, result)),
    (error: unknown) => {
      if (operation.isHalted) return operation.never
      operation.addError()
      throw error
    },
  )
}

/** The largest page that a field's arguments ask for; 0 for a field without pages. */
function pageSize({ first }: { first?: unknown }): number {
  return typeof first === 'number' ? Math.min(Math.max(first, 0), MAX_PAGE_SIZE) : 0
}

function bound(field: GraphQLField<unknown, Bounded>, isMutation: boolean): void {
  const { resolve: own } = field
  if (!own && !isMutation) return
  const inner = own ?? defaultFieldResolver
  const takesTurns = !isMutation && isCompositeType(getNamedType(field.type))
  const resolve: GraphQLFieldResolver<unknown, Bounded> = isMutation
    ? (source, args, context, info) => context[OPERATION]?.shield(() => inner(source, args, context, info))
    : inner
  const run = (operation: Operation, ...call: Parameters<typeof resolve>): unknown => {
    if (operation.isHalted) return operation.never
    try {
      const value: unknown = resolve(...call)
      return isPromise(value) ? awaited(operation, value) : bounded(operation, value)
    } catch (error) {
      operation.addError()
      throw error
    }
  }
  field.resolve = (source, args, context, info) => {
    const operation = context[OPERATION]
    if (operation === undefined) return inner(source, args, context, info)
    if (!operation.enter(info)) return operation.never
    const turn = takesTurns ? operation.turn(pageSize(args)) : null
    if (turn) return turn.then(() => run(operation, source, args, context, info))
    return run(operation, source, args, context, info)
  }
}

/**
 * Wraps all resolvers of a schema in the limits of the operation of their context: every field is counted,
 * lists of large results take turns, and nothing starts after a stop. Fields without a resolver are limited
 * by `resolveProperty`, which must be the executor's default resolver.
 */
export function boundResolvers(schema: GraphQLSchema): GraphQLSchema {
  const mutations: GraphQLObjectType | null | undefined = schema.getMutationType()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) bound(field, type === mutations)
  }
  return schema
}
