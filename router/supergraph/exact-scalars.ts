import { type GraphQLSchema, isScalarType, isSpecifiedScalarType, Kind, type ValueNode } from 'graphql'
import { exactNumber, isInexact } from '../json/exact-number.ts'

/**
 * Makes the custom scalars of a schema keep the numbers of literals as written: the defaults of variables.
 */
export function keepExactLiterals(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue
    type.parseLiteral = (node, variables) => type.parseValue(exactValue(node, variables ?? {}))
  }
}

function exactValue(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return isInexact(node.value) ? exactNumber(node.value) : Number(node.value)
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value
    case Kind.LIST:
      return node.values.map((value) => exactValue(value, variables))
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, exactValue(value, variables)]),
      )
    case Kind.VARIABLE:
      return variables[node.name.value]
  }
}
