import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { isInherited, type Json } from '../own-property.ts'
import { leafValueWriter, type Writer } from './leaf-value-writer.ts'
import { listWriter } from './list-writer.ts'
import { placeOf, type Shaping } from './response-state.ts'

export type ObjectWriter = (source: Json, shaping: Shaping) => string | null

/** A field of an object, ready to be written. Small, since an operation has many and is cached for long. */
export type FieldWriter = {
  readonly responseName: string
  /** Text before the value: `{"name":` or `,"name":` */
  readonly label: string
  readonly nonNull: boolean
  readonly value: ObjectWriter | StoredValue
}

/** A value of merged data, by its key. */
export type StoredValue = {
  readonly key: string
  /** Whether every object inherits a property of this name. */
  readonly guarded: boolean
  readonly where: string
  readonly write: Writer
}

/** A name of GraphQL has nothing that JSON must escape. */
export function labelOf(name: string, isFirst: boolean): string {
  return `${isFirst ? '{' : ','}"${name}":`
}

const plainLeaves = {
  first: new WeakMap<GraphQLField<unknown, unknown>, FieldWriter>(),
  next: new WeakMap<GraphQLField<unknown, unknown>, FieldWriter>(),
}

/**
 * The writer of a leaf field without an alias. All operations share it: most fields are of this kind, and an
 * operation takes 15 KB less memory.
 * @param isFirst of its object's.
 */
export function plainLeaf(
  definition: GraphQLField<unknown, unknown>,
  isFirst: boolean,
  parent: GraphQLCompositeType,
): FieldWriter {
  const leaves = isFirst ? plainLeaves.first : plainLeaves.next
  const known = leaves.get(definition)
  if (known) return known
  const { name, type } = definition
  const made = {
    responseName: name,
    label: labelOf(name, isFirst),
    nonNull: isNonNullType(type),
    value: {
      key: name,
      guarded: isInherited(name),
      where: placeOf(parent, definition),
      write: leavesWriter(type),
    },
  }
  leaves.set(definition, made)
  return made
}

/** @param type of leaves, in whatever lists. */
function leavesWriter(type: GraphQLOutputType): Writer {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) return listWriter(leavesWriter(nullable.ofType), isNonNullType(nullable.ofType))
  if (isLeafType(nullable)) return leafValueWriter(nullable)
  throw new Error(`${nullable} is no type of leaves`)
}
