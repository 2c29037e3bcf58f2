import { defaultFieldResolver, type GraphQLSchema } from 'graphql'

const MAKE = Symbol('makes the context of this operation anew')

/**
 * A context that can be recreated. The symbol is on the context itself, since Apollo Server gives resolvers a
 * copy of it.
 */
type Renewable = { [MAKE]?: () => object }

/** Creates an operation's context, and stores the factory in it. */
export function renewableContext<Context extends object>(make: () => Context): Context {
  return Object.assign(make(), { [MAKE]: make })
}

/**
 * Gives each mutation field of an operation a context of its own. They run one after another (GraphQL
 * specification, section 6.2.2), and a loader that caches reads of the first would hide its writes from the
 * second.
 */
export function renewContextPerMutation(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = (source, args, context: Renewable, info) => {
      Object.assign(context, context[MAKE]?.())
      return resolve(source, args, context, info)
    }
  }
  return schema
}
