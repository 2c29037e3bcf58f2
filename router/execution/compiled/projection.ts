import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql'
import type { DataKeys } from '../../planning/data-keys.ts'
import { fieldOf } from '../../planning/normal-form.ts'
import { type CollectedField, collectFields, differsByType, type Selecting } from './collect-fields.ts'
import type { Introspect } from './introspection.ts'
import { leafWriter, quote } from './leaf-writers.ts'
import { isInherited, isObject, type Json } from './own-property.ts'
import { reportInvalid, reportMissing, reportRefusal, reportUntyped, type Shaping } from './shaping.ts'

/** Writes a value that is not null as JSON text; null where it cannot be, which has been reported by then. */
type Writer = (value: unknown, shaping: Shaping) => string | null

/** A field of an object, ready to be written. */
type FieldWriter = {
  readonly responseName: string
  /** `"name":` */
  readonly label: string
  readonly nonNull: boolean
  readonly write: (source: Json, shaping: Shaping) => string | null
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
): (source: Json, shaping: Shaping) => string | null {
  const fields = collectFields(selectionSets, type, projecting).map((field) =>
    fieldWriter(field, type, projecting),
  )
  return (source, shaping) => {
    const depth = ++shaping.depth
    let text = ''
    for (const field of fields) {
      shaping.path[depth] = field.responseName
      const written = field.write(source, shaping)
      if (written === null && field.nonNull) {
        shaping.depth = depth - 1
        return null
      }
      text += text === '' ? field.label : `,${field.label}`
      text += written ?? 'null'
    }
    shaping.depth = depth - 1
    return `{${text}}`
  }
}

function fieldWriter(
  { responseName, nodes, refusal }: CollectedField,
  parent: GraphQLCompositeType,
  projecting: Projecting,
): FieldWriter {
  const label = `${quote(responseName)}:`
  const [node] = nodes
  if (refusal) {
    const write = (_: Json, shaping: Shaping) => {
      reportRefusal(shaping, refusal)
      return null
    }
    return { responseName, label, nonNull: refusal.nonNull, write }
  }
  if (!node) throw new Error('a field was collected without a selection')
  const name = node.name.value
  if (name === '__typename') return { responseName, label, nonNull: true, write: typenameWriter(parent) }
  if (name === '__schema' || name === '__type') {
    const write = (_: Json, { variables }: Shaping) => projecting.introspect(nodes, variables)
    return { responseName, label, nonNull: name === '__schema', write }
  }
  const definition = fieldOf(parent, name)
  const key = projecting.keys.keyOf(node)
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  const write = valueWriter(definition.type, selectionSets, `field ${parent.name}.${name}`, projecting)
  const nonNull = isNonNullType(definition.type)
  const coordinate = nonNull ? `field ${parent.name}.${name}` : null
  return { responseName, label, nonNull, write: propertyWriter(key, coordinate, write) }
}

function typenameWriter(type: GraphQLCompositeType): FieldWriter['write'] {
  const text = quote(type.name)
  if (!isAbstractType(type)) return () => text
  return (_, shaping) => {
    reportInvalid(shaping, 'type name')
    return null
  }
}

/** Reads one key of an object. `nonNull` names the field where it may not be null. */
function propertyWriter(key: string, nonNull: string | null, write: Writer): FieldWriter['write'] {
  const guarded = isInherited(key)
  return (source, shaping) => {
    const value = guarded && !Object.hasOwn(source, key) ? undefined : source[key]
    if (value !== null && value !== undefined) return write(value, shaping)
    if (nonNull !== null || shaping.faults) reportMissing(shaping, source, key, value === null, nonNull)
    return null
  }
}

function valueWriter(
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  where: string,
  projecting: Projecting,
): Writer {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) return listWriter(nullable.ofType, selectionSets, where, projecting)
  if (isLeafType(nullable)) {
    const write = leafWriter(nullable)
    return (value, shaping) => {
      const text = write(value)
      if (text !== undefined) return text
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
  }
  const named = getNamedType(nullable)
  if (!isCompositeType(named)) throw new Error(`${named.name} is not an output type`)
  return compositeWriter(named, selectionSets, where, projecting)
}

function listWriter(
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  where: string,
  projecting: Projecting,
): Writer {
  const element = `element of ${where}`
  const write = valueWriter(type, selectionSets, element, projecting)
  const nonNull = isNonNullType(type) ? element : null
  return (value, shaping) => {
    if (!Array.isArray(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const depth = ++shaping.depth
    let text = ''
    let bubbles = false
    for (let index = 0; index < value.length; index++) {
      shaping.path[depth] = index
      const item: unknown = value[index]
      let written: string | null = null
      if (item !== null && item !== undefined) written = write(item, shaping)
      else if (nonNull !== null || shaping.faults) reportMissing(shaping, value, index, true, nonNull)
      // The other elements go on: each tells its own error.
      if (written === null && nonNull !== null) bubbles = true
      text += index === 0 ? (written ?? 'null') : `,${written ?? 'null'}`
    }
    shaping.depth = depth - 1
    return bubbles ? null : `[${text}]`
  }
}

/** Writes an object by its own type, which `__typename` tells where the place allows several. */
function compositeWriter(
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  where: string,
  projecting: Projecting,
): Writer {
  const { schema } = projecting
  const possible = new Map<unknown, GraphQLCompositeType>([[type.name, type]])
  if (isAbstractType(type))
    for (const member of schema.getPossibleTypes(type)) possible.set(member.name, member)
  // Made when first met: of a hundred members, an answer has a few.
  const writers = new Map<unknown, ReturnType<typeof objectWriter>>()
  const writerFor = (typename: unknown) => {
    const known = writers.get(typename)
    if (known) return known
    const member = typename === undefined ? type : possible.get(typename)
    if (!member) return null
    const isUnknown = member === type && differsByType(selectionSets, type, projecting)
    const made = isUnknown ? untypedWriter(where) : objectWriter(selectionSets, member, projecting)
    writers.set(typename, made)
    return made
  }
  return (value, shaping) => {
    if (!isObject(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const write = writerFor(value.__typename ?? undefined)
    if (write) return write(value, shaping)
    reportInvalid(shaping, `type name for ${where}`)
    return null
  }
}

/** Of an object whose type nobody told, nothing is written where that makes a difference: it would be a wrong one. */
function untypedWriter(where: string): ReturnType<typeof objectWriter> {
  return (source, shaping) => {
    reportUntyped(shaping, source, `type name for ${where}`)
    return null
  }
}
