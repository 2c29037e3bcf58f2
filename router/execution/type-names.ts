import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql'

/** Whether an object that says it is of one type (of the supergraph) is of another. */
export type IsOfType = (typename: string, type: string) => boolean

export function typeTest(supergraphSchema: GraphQLSchema): IsOfType {
  return (typename, condition) => {
    if (typename === condition) return true
    const [type, wanted] = [supergraphSchema.getType(typename), supergraphSchema.getType(condition)]
    if (!isAbstractType(wanted)) return false
    return (isObjectType(type) || isInterfaceType(type)) && supergraphSchema.isSubType(wanted, type)
  }
}
