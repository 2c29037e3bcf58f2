import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql'

/** Whether an object with the `__typename` of one type of the supergraph is also of another type. */
export type IsOfType = (typename: string, type: string) => boolean

export function typeTest(supergraphSchema: GraphQLSchema): IsOfType {
  return (typename, condition) => {
    if (typename === condition) return true
    const [type, wanted] = [supergraphSchema.getType(typename), supergraphSchema.getType(condition)]
    if (!isAbstractType(wanted)) return false
    return (isObjectType(type) || isInterfaceType(type)) && supergraphSchema.isSubType(wanted, type)
  }
}
