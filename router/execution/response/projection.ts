import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import type { DeniedField } from '../../operation/authorization/denied-fields.ts'
import { fieldOf } from '../../operation/normalize/normalize.ts'
import { hidesMembers } from '../../supergraph/hidden-members.ts'
import { isInherited, isObject, type Json } from '../own-property.ts'
import { type CollectedField, collectFields, differsByType } from './collect-fields.ts'
import { leafValueWriter, type Writer } from './leaf-value-writer.ts'
import { quote } from './leaf-writers.ts'
import { listWriter } from './list-writer.ts'
import {
  placeOf,
  reportInvalid,
  reportMissing,
  reportRefusal,
  reportUntyped,
  type Shaping,
} from './response-state.ts'
import { type Place, type Projecting, revisited, type Shaped, selectionSetsOf } from './selection-path.ts'
import {
  type FieldWriter,
  labelOf,
  type ObjectWriter,
  plainLeaf,
  type StoredValue,
} from './unaliased-leaf.ts'

/** Writes the JSON text of `data` from merged data; null where null has bubbled up to the root. */
export type Projection = (data: Json, shaping: Shaping) => string | null

/**
 * Compiles the writer that turns merged data into the text of an answer. It does not keep the operation's
 * tree alive.
 * @param read is called again if an abstract type has a member that did not occur before.
 */
export function compileProjection(read: () => Shaped): Projection {
  const { selectionSet, root, projecting } = read()
  return rootWriter(
    fieldWriters([selectionSet], { up: null, type: root, field: '' }, { ...projecting, read }),
  )
}

/**
 * A top-level function, like others here: closures of one scope share its variables and keep all of them
 * alive.
 */
function rootWriter(fields: FieldWriters): Projection {
  return (data, shaping) => writeObject(fields, data, shaping)
}

/** Writer of an object, as data: a closure would take twice the memory, and writers live as long as their operation. */
type FieldWriters = readonly FieldWriter[]

type Compiling = Projecting & { readonly read: () => Shaped }

function fieldWriters(
  selectionSets: readonly SelectionSetNode[],
  place: Place,
  compiling: Compiling,
): FieldWriters {
  const fields = collectFields(selectionSets, place.type, compiling)
  return fields.map((field, index) => fieldWriter(field, index === 0, place, compiling))
}

function writeObject(fields: FieldWriters, source: Json, shaping: Shaping): string | null {
  const depth = ++shaping.depth
  let text = ''
  for (const field of fields) {
    const { responseName, label, nonNull, value } = field
    shaping.path[depth] = responseName
    const written =
      typeof value === 'function' ? value(source, shaping) : writeStored(source, value, nonNull, shaping)
    if (written === null && nonNull) {
      shaping.depth = depth - 1
      return null
    }
    text += label
    text += written ?? 'null'
  }
  shaping.depth = depth - 1
  return text === '' ? '{}' : `${text}}`
}

function fieldWriter(
  { responseName, nodes, refusal }: CollectedField,
  isFirst: boolean,
  place: Place,
  compiling: Compiling,
): FieldWriter {
  const { type: parent } = place
  const [node] = nodes
  const label = labelOf(responseName, isFirst)
  if (refusal) return { responseName, label, nonNull: refusal.nonNull, value: refusalWriter(refusal) }
  if (!node) throw new Error('a field was collected without a selection')
  const name = node.name.value
  if (name === '__typename') return { responseName, label, nonNull: true, value: typenameWriter(parent) }
  if (name === '__schema' || name === '__type')
    return { responseName, label, nonNull: name === '__schema', value: introspection(nodes, compiling) }
  const definition = fieldOf(parent, name)
  const key = compiling.keys.keyOf(node)
  const isPlain = key === name && responseName === name
  if (isPlain && isLeafType(getNamedType(definition.type))) return plainLeaf(definition, isFirst, parent)
  const write = valueWriter(definition.type, selectionSetsOf(nodes), place, responseName, compiling)
  const value = { key, guarded: isInherited(key), where: placeOf(parent, definition), write }
  return { responseName, label, nonNull: isNonNullType(definition.type), value }
}

function refusalWriter(refusal: DeniedField): ObjectWriter {
  return (_, shaping) => {
    reportRefusal(shaping, refusal)
    return null
  }
}

function introspection(nodes: CollectedField['nodes'], { introspect }: Compiling): ObjectWriter {
  return (_, { variables }) => introspect(nodes, variables)
}

function typenameWriter(type: GraphQLCompositeType): ObjectWriter {
  const text = quote(type.name)
  if (!isAbstractType(type)) return () => text
  return (_, shaping) => {
    reportInvalid(shaping, 'type name')
    return null
  }
}

function writeStored(
  source: Json,
  { key, guarded, where, write }: StoredValue,
  nonNull: boolean,
  shaping: Shaping,
): string | null {
  const value = guarded && !Object.hasOwn(source, key) ? undefined : source[key]
  if (value !== null && value !== undefined) return write(value, shaping, where)
  if (nonNull || shaping.faults) reportMissing(shaping, source, key, value === null, nonNull ? where : null)
  return null
}

function valueWriter(
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  up: Place,
  field: string,
  compiling: Compiling,
): Writer {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) {
    const element = nullable.ofType
    return listWriter(valueWriter(element, selectionSets, up, field, compiling), isNonNullType(element))
  }
  if (isLeafType(nullable)) return leafValueWriter(nullable)
  const named = getNamedType(nullable)
  if (!isCompositeType(named)) throw new Error(`${named.name} is not an output type`)
  const place = { up, field, type: named }
  if (isAbstractType(named)) return abstractWriter(membersAt(place, compiling.read))
  const { schema } = compiling
  // A subgraph may call a root type by a name of its own.
  const isRoot = named === schema.getQueryType() || named === schema.getMutationType()
  return objectWriter(isRoot ? null : named.name, fieldWriters(selectionSets, place, compiling))
}

/** No writers: an object of unknown type has no fields if these depend on the type. */
const UNTYPED: FieldWriters = []

/** By the value of `__typename`; null if the field cannot have this type. */
type FieldsFor = (typename: unknown) => FieldWriters | null

function isUntold(typename: unknown): boolean {
  return typename === undefined || typename === null
}

/** Created on first use: of a hundred members, an answer has a few. */
function membersAt(place: Place, read: () => Shaped): FieldsFor {
  const { type } = place
  const members = new Map<unknown, FieldWriters>()
  return (told) => {
    const typename = isUntold(told) ? type.name : told
    const known = members.get(typename)
    if (known) return known
    const made = memberFields(typename, place, read)
    if (made) members.set(typename, made)
    return made
  }
}

function memberFields(typename: unknown, place: Place, read: () => Shaped): FieldWriters | null {
  const { projecting } = read()
  const { type } = place
  const member = typename === type.name ? type : memberNamed(typename, type, projecting)
  if (!member) return null
  const selectionSets = revisited(place, read)
  const isTypeNeeded = () => hidesMembers(type) || differsByType(selectionSets, type, projecting)
  if (member === type && isTypeNeeded()) return UNTYPED
  return fieldWriters(selectionSets, { ...place, type: member }, { ...projecting, read })
}

/** @param name of the objects' type; null: it is not compared. */
function objectWriter(name: string | null, fields: FieldWriters): Writer {
  return (value, shaping, where) => {
    if (!isObject(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const { __typename: typename } = value
    if (name === null || typename === name || isUntold(typename)) return writeObject(fields, value, shaping)
    reportInvalid(shaping, `type name for ${where}`)
    return null
  }
}

/** Writes an object by its own type. */
function abstractWriter(fieldsFor: FieldsFor): Writer {
  return (value, shaping, where) => {
    if (!isObject(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const fields = fieldsFor(value.__typename)
    if (fields && fields !== UNTYPED) return writeObject(fields, value, shaping)
    if (fields) reportUntyped(shaping, value, `type name for ${where}`)
    else reportInvalid(shaping, `type name for ${where}`)
    return null
  }
}

function memberNamed(
  typename: unknown,
  type: GraphQLCompositeType,
  { schema }: Projecting,
): GraphQLCompositeType | null {
  if (typeof typename !== 'string' || !isAbstractType(type)) return null
  const named = schema.getType(typename)
  return isObjectType(named) && schema.isSubType(type, named) ? named : null
}
