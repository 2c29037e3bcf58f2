import { type GraphQLLeafType, isEnumType } from 'graphql'

/**
 * An expression that gives the value of a variable where it is one of the type, and else does as `otherwise` says.
 * @param constant the name by which the generated source knows a value.
 */
export function emitLeaf(
  type: GraphQLLeafType,
  variable: string,
  otherwise: string,
  constant: (value: unknown) => string,
): string {
  if (isEnumType(type)) {
    const names = constant(new Set(type.getValues().map(({ name }) => name)))
    return `${names}.has(${variable}) ? ${variable} : ${otherwise}`
  }
  switch (type.name) {
    case 'String':
      return `typeof ${variable} === 'string' ? ${variable} : ${otherwise}`
    case 'Boolean':
      return `typeof ${variable} === 'boolean' ? ${variable} : ${otherwise}`
    case 'Int':
      return `typeof ${variable} === 'number' && (${variable} | 0) === ${variable} ? ${variable} : ${otherwise}`
    case 'Float':
      return `typeof ${variable} === 'number' && Number.isFinite(${variable}) ? ${variable} : ${otherwise}`
    case 'ID':
      return `typeof ${variable} === 'string' ? ${variable} : Number.isInteger(${variable}) ? String(${variable}) : ${otherwise}`
    default:
      return `${variable} !== null && ${variable} !== undefined ? ${variable} : ${otherwise}`
  }
}
