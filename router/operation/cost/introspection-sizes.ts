import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'

/**
 * Lengths of the lists of introspection, by coordinate: exact for those of the schema, average for those of a
 * type and of a field. The usual query for a whole schema then costs what its answer costs.
 */
export function introspectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap())
  const directives = schema.getDirectives()
  const fielded = types.filter((type) => isObjectType(type) || isInterfaceType(type))
  const fields = fielded.flatMap((type): GraphQLField<unknown, unknown>[] => Object.values(type.getFields()))
  const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()))
  const values = types.filter(isEnumType).flatMap((type) => type.getValues())
  const interfaces = fielded.flatMap((type) => type.getInterfaces())
  const members = types.filter(isAbstractType).flatMap((type) => schema.getPossibleTypes(type))
  const argsOf = (all: readonly { readonly args: readonly GraphQLArgument[] }[]) =>
    all.flatMap(({ args }) => args).length
  const perType = (all: readonly unknown[]) => all.length / types.length
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', perType(fields)],
    ['__Type.interfaces', perType(interfaces)],
    ['__Type.possibleTypes', perType(members)],
    ['__Type.enumValues', perType(values)],
    ['__Type.inputFields', perType(inputs)],
    ['__Field.args', argsOf(fields) / Math.max(1, fields.length)],
    ['__Directive.args', argsOf(directives) / Math.max(1, directives.length)],
    ['__Directive.locations', 0],
  ])
}
