import { type GraphQLCompositeType, type GraphQLSchema, isAbstractType } from 'graphql'

const hiding = new WeakSet<GraphQLCompositeType>()

/** Finds the interfaces and unions of which clients do not see every type, by the schema of clients and the whole one. */
export function noteHiddenMembers(clientSchema: GraphQLSchema, supergraphSchema: GraphQLSchema): void {
  for (const type of Object.values(clientSchema.getTypeMap())) {
    const whole = isAbstractType(type) ? supergraphSchema.getType(type.name) : undefined
    if (!isAbstractType(type) || !isAbstractType(whole)) continue
    if (supergraphSchema.getPossibleTypes(whole).some(({ name }) => !clientSchema.getType(name)))
      hiding.add(type)
  }
}

/** Whether an object may be of a type that is none to a client: then it has to tell its type, and is null with an error. */
export function hidesMembers(type: GraphQLCompositeType): boolean {
  return hiding.has(type)
}
