import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import type { DataKeys } from '../../planning/data-keys.ts'
import { fieldOf } from '../../planning/normal-form.ts'
import { type CollectedField, collectFields, differsByType, type Selecting } from './collect-fields.ts'
import type { Introspect } from './introspection.ts'
import { leafValueWriter, type Writer } from './leaf-value-writer.ts'
import { quote } from './leaf-writers.ts'
import { isInherited, isObject, type Json } from './own-property.ts'
import {
  placeOf,
  reportInvalid,
  reportMissing,
  reportRefusal,
  reportUntyped,
  type Shaping,
} from './shaping.ts'

type ObjectWriter = (source: Json, shaping: Shaping) => string | null

/** A field of an object, ready to be written. Small: an operation has many, and is kept for long. */
type FieldWriter = {
  readonly responseName: string
  /** What stands before the value: `{"name":` or `,"name":` */
  readonly label: string
  readonly nonNull: boolean
  readonly value: ObjectWriter | StoredValue
}

/** What stands in the data, under a key. */
type StoredValue = {
  readonly key: string
  /** Whether objects that were sent no such key still have one. */
  readonly guarded: boolean
  readonly where: string
  readonly write: Writer
}

export type Projecting = Selecting & { readonly keys: DataKeys; readonly introspect: Introspect }

/** Writes the JSON text of `data` from merged data; null where null has bubbled up to the root. */
export type Projection = (data: Json, shaping: Shaping) => string | null

/** Compiles what turns merged data into the text of an answer. */
export function compileProjection(
  selectionSet: SelectionSetNode,
  root: GraphQLCompositeType,
  projecting: Projecting,
): Projection {
  return objectWriter([selectionSet], root, projecting)
}

function objectWriter(
  selectionSets: readonly SelectionSetNode[],
  type: GraphQLCompositeType,
  projecting: Projecting,
): ObjectWriter {
  const fields = collectFields(selectionSets, type, projecting).map((field, index) =>
    fieldWriter(field, index === 0, type, projecting),
  )
  return (source, shaping) => {
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
}

/** A name of GraphQL has nothing that JSON must escape. */
function labelOf(name: string, isFirst: boolean): string {
  return `${isFirst ? '{' : ','}"${name}":`
}

function fieldWriter(
  { responseName, nodes, refusal }: CollectedField,
  isFirst: boolean,
  parent: GraphQLCompositeType,
  projecting: Projecting,
): FieldWriter {
  const node = nodes[0]
  const label = labelOf(responseName, isFirst)
  if (refusal) {
    const value = (_: Json, shaping: Shaping) => {
      reportRefusal(shaping, refusal)
      return null
    }
    return { responseName, label, nonNull: refusal.nonNull, value }
  }
  if (!node) throw new Error('a field was collected without a selection')
  const name = node.name.value
  if (name === '__typename') return { responseName, label, nonNull: true, value: typenameWriter(parent) }
  if (name === '__schema' || name === '__type') {
    const value = (_: Json, { variables }: Shaping) => projecting.introspect(nodes, variables)
    return { responseName, label, nonNull: name === '__schema', value }
  }
  const definition = fieldOf(parent, name)
  const key = projecting.keys.keyOf(node)
  const write = valueWriter(definition.type, nodes, projecting)
  const value = { key, guarded: isInherited(key), where: placeOf(parent, definition), write }
  return { responseName, label, nonNull: isNonNullType(definition.type), value }
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

/** @param nodes that select the value, and what below it. */
function valueWriter(type: GraphQLOutputType, nodes: readonly FieldNode[], projecting: Projecting): Writer {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) return listWriter(nullable.ofType, nodes, projecting)
  if (isLeafType(nullable)) return leafValueWriter(nullable)
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  return compositeWriter(nullable, selectionSets, projecting)
}

function listWriter(type: GraphQLOutputType, nodes: readonly FieldNode[], projecting: Projecting): Writer {
  const write = valueWriter(type, nodes, projecting)
  const nonNull = isNonNullType(type)
  return (value, shaping, where) => {
    if (!Array.isArray(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const element = `element of ${where}`
    const depth = ++shaping.depth
    let text = ''
    let bubbles = false
    for (let index = 0; index < value.length; index++) {
      shaping.path[depth] = index
      const item: unknown = value[index]
      let written: string | null = null
      if (item !== null && item !== undefined) written = write(item, shaping, element)
      else if (nonNull || shaping.faults) reportMissing(shaping, value, index, true, nonNull ? element : null)
      // The other elements go on: each tells its own error.
      if (written === null && nonNull) bubbles = true
      text += index === 0 ? (written ?? 'null') : `,${written ?? 'null'}`
    }
    shaping.depth = depth - 1
    return bubbles ? null : `[${text}]`
  }
}

/** Of an object whose type nobody told, nothing is written where that makes a difference: it would be a wrong one. */
const UNTYPED: ObjectWriter = () => null

/** Writes an object by its own type, which `__typename` tells where the place allows several. */
function compositeWriter(
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  projecting: Projecting,
): Writer {
  // Made when first met: of a hundred members, an answer has a few.
  let own: ObjectWriter | null = null
  let members: Map<unknown, ObjectWriter> | null = null
  const writerFor = (typename: unknown): ObjectWriter | null => {
    if (typename === undefined || typename === null || typename === type.name) {
      own ??= differsByType(selectionSets, type, projecting)
        ? UNTYPED
        : objectWriter(selectionSets, type, projecting)
      return own
    }
    const known = members?.get(typename)
    if (known) return known
    const member = memberNamed(typename, type, projecting)
    if (!member) return null
    const made = objectWriter(selectionSets, member, projecting)
    members ??= new Map()
    members.set(typename, made)
    return made
  }
  return (value, shaping, where) => {
    if (!isObject(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const write = writerFor(value.__typename)
    if (write && write !== UNTYPED) return write(value, shaping)
    if (write) reportUntyped(shaping, value, `type name for ${where}`)
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
