import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { argumentOf } from '../linked-names.ts'
import { costDirectiveNames, numberOf } from './cost-directives.ts'
import { type ListSize, listSizeOf } from './list-size.ts'
import { bounded } from './term.ts'

type Annotated = {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
}

export type Field = GraphQLField<unknown, unknown>

/** `@cost` and `@listSize` of a supergraph, by definition. */
export type Annotations = {
  readonly schema: GraphQLSchema
  /** The weight of `@cost`. */
  weightOf(definition: Annotated): number | undefined
  sizeOf(definition: Annotated): ListSize | undefined
}

export function annotationsOf(schema: GraphQLSchema): Annotations {
  const names = costDirectiveNames(schema)
  const directiveOf = ({ astNode }: Annotated, name: string) =>
    astNode?.directives?.find((directive) => directive.name.value === name)
  return {
    schema,
    weightOf(definition) {
      const weight = numberOf(argumentOf(directiveOf(definition, names.cost), 'weight'))
      return weight === undefined ? undefined : bounded(weight)
    },
    sizeOf(definition) {
      const directive = directiveOf(definition, names.listSize)
      return directive && listSizeOf(directive)
    },
  }
}

/** The fields of an interface's members; none for a field of an object. */
export function memberFields(
  { schema }: Annotations,
  parent: GraphQLNamedType,
  name: string,
): readonly { readonly owner: GraphQLObjectType; readonly field: Field }[] {
  const members = isInterfaceType(parent) ? schema.getPossibleTypes(parent) : []
  return members.flatMap((owner) => {
    const field = owner.getFields()[name]
    return field ? [{ owner, field }] : []
  })
}

/** The same field of an object's interfaces, where an `@interfaceObject` annotates it. */
export function inheritedFields(parent: GraphQLNamedType, name: string): readonly Field[] {
  return isObjectType(parent) ? parent.getInterfaces().flatMap((type) => type.getFields()[name] ?? []) : []
}
