import { buildASTSchema, type GraphQLSchema, parse, printSchema, type TypeNode, visit } from 'graphql'
import type { World } from '../world/world.ts'

const known = new WeakMap<GraphQLSchema, GraphQLSchema>()

/**
 * The client schema in which the fields of objects are as nullable as those of their interfaces, for
 * interface objects: another subgraph resolves the type of such an object. If it does not, only the interface
 * is known.
 */
export function asInterfacesSay(schema: GraphQLSchema, { abstracts }: World): GraphQLSchema {
  const found = known.get(schema)
  if (found) return found
  const document = parse(printSchema(schema), { noLocation: true })
  const wide = new Map<string, TypeNode>()
  visit(document, {
    InterfaceTypeDefinition({ name, fields = [] }) {
      const { asObject = null, members = [] } = abstracts.find((one) => one.name === name.value) ?? {}
      if (asObject)
        for (const member of members)
          for (const field of fields) wide.set(`${member}.${field.name.value}`, field.type)
    },
  })
  const widened = visit(document, {
    ObjectTypeDefinition: ({ name, fields = [], ...rest }) => ({
      ...{ ...rest, name },
      fields: fields.map((field) => ({
        ...field,
        type: wide.get(`${name.value}.${field.name.value}`) ?? field.type,
      })),
    }),
  })
  const wider = buildASTSchema(widened)
  known.set(schema, wider)
  return wider
}
