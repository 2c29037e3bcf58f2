import { type GraphQLCompositeType, type GraphQLSchema, isAbstractType } from 'graphql'

const hiding = new WeakSet<GraphQLCompositeType>()

/**
 * Finds the interfaces and unions with types that clients cannot see, by the client schema and the whole
 * schema.
 */
export function noteHiddenMembers(clientSchema: GraphQLSchema, supergraphSchema: GraphQLSchema): void {
  for (const type of Object.values(clientSchema.getTypeMap())) {
    const whole = isAbstractType(type) ? supergraphSchema.getType(type.name) : undefined
    if (!isAbstractType(type) || !isAbstractType(whole)) continue
    if (supergraphSchema.getPossibleTypes(whole).some(({ name }) => !clientSchema.getType(name)))
      hiding.add(type)
  }
}

/**
 * Whether an object may have a type that is hidden from clients. Its type is then needed, and the object is
 * null with an error.
 */
export function hidesMembers(type: GraphQLCompositeType): boolean {
  return hiding.has(type)
}
