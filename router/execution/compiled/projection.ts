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
import type { DataKeys } from '../../planning/data-keys.ts'
import { fieldOf } from '../../planning/normal-form.ts'
import { type CollectedField, collectFields, differsByType, type Selecting } from './collect-fields.ts'
import type { Introspect } from './introspection.ts'
import { leafValueWriter, type Writer } from './leaf-value-writer.ts'
import { quote } from './leaf-writers.ts'
import { listWriter } from './list-writer.ts'
import { isInherited, isObject, type Json } from './own-property.ts'
import { type FieldWriter, labelOf, type ObjectWriter, plainLeaf, type StoredValue } from './plain-leaf.ts'
import {
  placeOf,
  reportInvalid,
  reportMissing,
  reportRefusal,
  reportUntyped,
  type Shaping,
} from './shaping.ts'

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

function fieldWriter(
  { responseName, nodes, refusal }: CollectedField,
  isFirst: boolean,
  parent: GraphQLCompositeType,
  projecting: Projecting,
): FieldWriter {
  const [node] = nodes
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
  const isPlain = key === name && responseName === name
  if (isPlain && isLeafType(getNamedType(definition.type))) return plainLeaf(definition, isFirst, parent)
  const write = valueWriter(definition.type, selectionSetsOf(nodes), projecting)
  const value = { key, guarded: isInherited(key), where: placeOf(parent, definition), write }
  return { responseName, label, nonNull: isNonNullType(definition.type), value }
}

/** One makes a list of two: one that grows by itself has seventeen places, and is kept for as long as the operation. */
function selectionSetsOf([first, ...others]: CollectedField['nodes']): readonly SelectionSetNode[] {
  const sets = first?.selectionSet ? [first.selectionSet] : []
  for (const { selectionSet } of others) if (selectionSet) sets.push(selectionSet)
  return sets
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
  projecting: Projecting,
): Writer {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) {
    const element = nullable.ofType
    return listWriter(valueWriter(element, selectionSets, projecting), isNonNullType(element))
  }
  if (isLeafType(nullable)) return leafValueWriter(nullable)
  const named = getNamedType(nullable)
  if (!isCompositeType(named)) throw new Error(`${named.name} is not an output type`)
  return compositeWriter(named, selectionSets, projecting)
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
