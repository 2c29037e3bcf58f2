// Tested in cost-directives.test.ts: the test has schemas with these directives.

import {
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { argumentOf } from '../linked-names.ts'
import { type Annotations, annotationsOf, type Field, inheritedFields, memberFields } from './annotations.ts'
import { stringsOf } from './cost-directives.ts'
import { introspectionSizes } from './introspection-sizes.ts'
import type { ListSize, SizedFields } from './list-size.ts'
import { type Weights, weightsOf } from './weights.ts'

/**
 * Length of a list without annotation; Apollo has no default. It is multiplied for nested lists, so it is a
 * typical length, not a maximum.
 */
export const DEFAULT_LIST_SIZE = 4

/** Cost of one field without its selection set. */
export type FieldCost = {
  /** The type of its values, inside lists. */
  readonly type: GraphQLNamedType
  readonly lists: number
  /** Weight of each object or value that it returns. */
  readonly weight: number
  /**
   * The annotated sizes; several if members of an interface differ, undefined for a member without
   * annotation.
   */
  readonly sizes: readonly (ListSize | undefined)[]
  /** The field sets of its `@requires`, by the types that have them. */
  readonly requires: ReadonlyMap<GraphQLCompositeType, readonly SelectionSetNode[]>
}

/** The weights and list sizes of a supergraph. */
export type SchemaCosts = {
  readonly schema: GraphQLSchema
  readonly annotations: Annotations
  readonly weights: Weights
  /** Length of a list without annotation. */
  readonly listSize: number
  fieldCost(parent: GraphQLCompositeType, field: Field): FieldCost
  /** Cached sums of `FieldCost.requires`. */
  readonly requiredCosts: Map<FieldCost, number>
}

/**
 * Reads `@cost` and `@listSize` of a supergraph, each field's on first use. A field of an interface costs as
 * much as the most expensive field of its members. A field of an object without annotations inherits those of
 * its interfaces.
 * @param supergraphSchema has the directives. @param clientSchema the schema that introspection returns.
 */
export function schemaCosts(
  supergraphSchema: GraphQLSchema,
  clientSchema: GraphQLSchema,
  listSize: number,
): SchemaCosts {
  const annotations = annotationsOf(supergraphSchema)
  const weights = weightsOf(annotations)
  const introspected = introspectionSizes(clientSchema)
  const sizesOf = (parent: GraphQLCompositeType, field: Field): FieldCost['sizes'] => {
    const assumedSize = introspected.get(`${parent.name}.${field.name}`)
    return assumedSize === undefined
      ? annotatedSizes(annotations, parent, field)
      : [{ ...FIXED, assumedSize }]
  }
  // Each field of each type is an object of its own.
  const known = new Map<Field, FieldCost>()
  return {
    schema: supergraphSchema,
    annotations,
    weights,
    listSize,
    requiredCosts: new Map(),
    fieldCost(parent, field) {
      const before = known.get(field)
      if (before) return before
      const cost = {
        ...unwrapped(field.type),
        weight: weights.ofField(parent, field),
        sizes: sizesOf(parent, field),
        requires: requirementsOf(annotations, parent, field),
      }
      known.set(field, cost)
      return cost
    },
  }
}

function unwrapped(type: GraphQLOutputType, lists = 0): Pick<FieldCost, 'type' | 'lists'> {
  if (isNonNullType(type)) return unwrapped(type.ofType, lists)
  return isListType(type) ? unwrapped(type.ofType, lists + 1) : { type, lists }
}

const NO_FIELDS: SizedFields = new Map()
const FIXED = { slicingArguments: [], sizedFields: NO_FIELDS, requiresOne: false }

function annotatedSizes(
  annotations: Annotations,
  parent: GraphQLCompositeType,
  field: Field,
): FieldCost['sizes'] {
  const own = annotations.sizeOf(field)
  const members = memberFields(annotations, parent, field.name)
  if (members.length > 0) {
    const all = members.flatMap((member) => annotatedSizes(annotations, member.owner, member.field))
    // Members without an annotation inherit that of the interface.
    return own ? [own, ...all] : all
  }
  if (own) return [own]
  const inherited = inheritedFields(parent, field.name).flatMap((other) => annotations.sizeOf(other) ?? [])
  return inherited.length > 0 ? inherited : [undefined]
}

function requirementsOf(
  annotations: Annotations,
  parent: GraphQLCompositeType,
  field: Field,
): FieldCost['requires'] {
  const owners = [{ owner: parent, field }, ...memberFields(annotations, parent, field.name)]
  return new Map(
    owners.flatMap(({ owner, field: { astNode } }) => {
      const joins = astNode?.directives?.filter(({ name }) => name.value === 'join__field') ?? []
      const sets = joins.flatMap((join) => stringsOf(argumentOf(join, 'requires'))).map(fieldSet)
      return sets.length > 0 ? [[owner, sets] as const] : []
    }),
  )
}

/** @param text that composition has validated. */
function fieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error(`${JSON.stringify(text)} is no field set`)
  return definition.selectionSet
}
