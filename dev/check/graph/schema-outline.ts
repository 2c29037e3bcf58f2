// Tested in graph-conventions.test.ts: the test has whole schemas.

import {
  type DirectiveNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type TypeNode,
} from 'graphql'

/** One subgraph's schema for the rules: definitions in order, accessible by name. */
export type SchemaOutline = {
  subgraph: string
  sdl: string
  types: ReadonlyMap<string, TypeDefinitionNode | TypeExtensionNode>
  link: DirectiveNode | undefined
}

/** @throws GraphQLError if the SDL does not parse */
export function outline(subgraph: string, sdl: string): SchemaOutline {
  const { definitions } = parse(sdl)
  const types = definitions.filter((node): node is TypeDefinitionNode | TypeExtensionNode =>
    /Type(Definition|Extension)$/.test(node.kind),
  )
  const schemas = definitions.filter(
    (node) => node.kind === Kind.SCHEMA_EXTENSION || node.kind === Kind.SCHEMA_DEFINITION,
  )
  const link = schemas.flatMap((node) => node.directives ?? []).find((node) => node.name.value === 'link')
  return { subgraph, sdl, types: new Map(types.map((node) => [node.name.value, node])), link }
}

/** The fields of an object or interface type; none for others. */
export function fieldsOf(
  node: TypeDefinitionNode | TypeExtensionNode | undefined,
): readonly FieldDefinitionNode[] {
  if (!node || !('fields' in node) || isInput(node)) return []
  // The remaining kinds are objects and interfaces.
  return (node.fields ?? []) as readonly FieldDefinitionNode[]
}

/** The fields of an input type; none for others. */
export function inputFieldsOf(
  node: TypeDefinitionNode | TypeExtensionNode | undefined,
): readonly InputValueDefinitionNode[] {
  // By GraphQL's grammar, an input's fields are of this kind.
  return node && isInput(node) && 'fields' in node
    ? ((node.fields ?? []) as readonly InputValueDefinitionNode[])
    : []
}

/** The values of an enum; none for others. */
export function valuesOf(node: TypeDefinitionNode | TypeExtensionNode): readonly EnumValueDefinitionNode[] {
  return 'values' in node ? (node.values ?? []) : []
}

function isInput(node: TypeDefinitionNode | TypeExtensionNode): boolean {
  return node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION
}

export function hasDirective(node: { directives?: readonly DirectiveNode[] }, name: string): boolean {
  return node.directives?.some((directive) => directive.name.value === name) ?? false
}

/** The named type inside lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

/** Whether the named type itself, also inside a list, is non-null. */
export function isInnerNonNull(type: TypeNode): boolean {
  switch (type.kind) {
    case Kind.NAMED_TYPE:
      return false
    case Kind.LIST_TYPE:
      return isInnerNonNull(type.type)
    case Kind.NON_NULL_TYPE:
      return type.type.kind === Kind.NAMED_TYPE || isInnerNonNull(type.type)
  }
}

/** The type in SDL syntax. */
export function printType(type: TypeNode): string {
  switch (type.kind) {
    case Kind.NAMED_TYPE:
      return type.name.value
    case Kind.LIST_TYPE:
      return `[${printType(type.type)}]`
    case Kind.NON_NULL_TYPE:
      return `${printType(type.type)}!`
  }
}
