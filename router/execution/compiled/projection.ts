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
import type { Refusal } from '../../operation/refusal.ts'
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

/** What an answer is shaped by. */
export type Shaped = {
  readonly selectionSet: SelectionSetNode
  readonly root: GraphQLCompositeType
  readonly projecting: Projecting
}

/**
 * Compiles what turns merged data into the text of an answer. Nothing of it keeps the operation's tree alive.
 * @param read is asked again where an abstract type has a member that was not met before.
 */
export function compileProjection(read: () => Shaped): Projection {
  const { selectionSet, root, projecting } = read()
  return objectWriter([selectionSet], { up: null, type: root, field: '' }, { ...projecting, read })
}

/** An object of `type` that stands at a field of an object; at none: the root. */
type Place = { readonly up: Place | null; readonly field: string; readonly type: GraphQLCompositeType }

type Compiling = Projecting & { readonly read: () => Shaped }

/** The selections of a place, and what they are compiled with, found anew. */
function revisited({ up, field }: Place, read: () => Shaped): readonly SelectionSetNode[] {
  const { selectionSet, projecting } = read()
  if (!up) return [selectionSet]
  const fields = collectFields(revisited(up, read), up.type, projecting)
  return selectionSetsOf(fields.find(({ responseName }) => responseName === field)?.nodes ?? [])
}

function objectWriter(
  selectionSets: readonly SelectionSetNode[],
  place: Place,
  compiling: Compiling,
): ObjectWriter {
  const fields = collectFields(selectionSets, place.type, compiling)
  return writerOf(fields.map((field, index) => fieldWriter(field, index === 0, place, compiling)))
}

/** A function by itself, as are others here: what one function of a scope uses, all of them keep alive. */
function writerOf(fields: readonly FieldWriter[]): ObjectWriter {
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

/** One makes a list of two: one that grows by itself has seventeen places, and is kept for as long as the operation. */
function selectionSetsOf([first, ...others]: CollectedField['nodes']): readonly SelectionSetNode[] {
  const sets = first?.selectionSet ? [first.selectionSet] : []
  for (const { selectionSet } of others) if (selectionSet) sets.push(selectionSet)
  return sets
}

function refusalWriter(refusal: Refusal): ObjectWriter {
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
  if (isAbstractType(named)) return compositeWriter(membersAt(place, compiling.read))
  return compositeWriter(only(named.name, objectWriter(selectionSets, place, compiling)))
}

/** Of an object whose type nobody told, nothing is written where that makes a difference: it would be a wrong one. */
const UNTYPED: ObjectWriter = () => null

/** By what `__typename` tells; null where no such object may stand. */
type WriterFor = (typename: unknown) => ObjectWriter | null

function only(name: string, own: ObjectWriter): WriterFor {
  return (typename) => (isUntold(typename) || typename === name ? own : null)
}

function isUntold(typename: unknown): boolean {
  return typename === undefined || typename === null
}

/** Made when first met: of a hundred members, an answer has a few. */
function membersAt(place: Place, read: () => Shaped): WriterFor {
  const { type } = place
  const members = new Map<unknown, ObjectWriter>()
  return (told) => {
    const typename = isUntold(told) ? type.name : told
    const known = members.get(typename)
    if (known) return known
    const made = memberWriter(typename, place, read)
    if (made) members.set(typename, made)
    return made
  }
}

function memberWriter(typename: unknown, place: Place, read: () => Shaped): ObjectWriter | null {
  const { projecting } = read()
  const { type } = place
  const member = typename === type.name ? type : memberNamed(typename, type, projecting)
  if (!member) return null
  const selectionSets = revisited(place, read)
  if (member === type && differsByType(selectionSets, type, projecting)) return UNTYPED
  return objectWriter(selectionSets, { ...place, type: member }, { ...projecting, read })
}

/** Writes an object by its own type, which `__typename` tells where the place allows several. */
function compositeWriter(writerFor: WriterFor): Writer {
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
