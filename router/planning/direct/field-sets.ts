import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionNode,
} from 'graphql'
import { writeCall } from '../../operation/print-operation.ts'
import type { RequiredSelection } from '../plan.ts'

/**
 * A selection in a directive of Federation: a key, the fields that a field requires, or those that it
 * provides.
 */
export type FieldSet = {
  readonly text: string
  /** In the form in which it is fetched. A field with arguments has a response name for each set of them. */
  readonly selections: readonly SelectionNode[]
  /** In the form in which it is sent in a representation. */
  readonly required: readonly RequiredSelection[]
}

export type ReadFieldSet = (text: string, type: string) => FieldSet

/** Equal field sets of one type are one object. */
export function fieldSetReader(schema: GraphQLSchema): ReadFieldSet {
  const known = new Map<string, FieldSet>()
  const newAlias = aliases(schema)
  return (text, type) => {
    const name = `${type} ${text}`
    const found = known.get(name)
    if (found) return found
    const read = readFieldSet(text, schema.getType(type), schema, newAlias)
    known.set(name, read)
    return read
  }
}

function readFieldSet(
  text: string,
  type: GraphQLNamedType | undefined,
  schema: GraphQLSchema,
  aliasOf: AliasOf,
): FieldSet {
  const braced = text.trim().startsWith('{') ? text : `{${text}}`
  const [definition] = parse(braced, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${text} is no selection`)
  const selections = definition.selectionSet.selections.flatMap((one) => named(one, type, schema, aliasOf))
  return { text, selections, required: selections.map(requiredOf) }
}

type AliasOf = (field: FieldNode) => string | null

/** Response names that are unique among fields, keys of the client's data, and other sets of arguments. */
function aliases(schema: GraphQLSchema): AliasOf {
  const taken = new Set<string>()
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) || isInterfaceType(type))
      for (const name of Object.keys(type.getFields())) taken.add(name)
  const known = new Map<string, string>()
  return (field) => {
    if ((field.arguments ?? []).length === 0) return null
    const text = writeCall(field)
    const found = known.get(text)
    if (found !== undefined) return found
    // Keys of the client's data end in an underscore and digits: see data-keys.ts.
    let alias = `_${field.name.value}_r${hashOf(text)}`
    while (taken.has(alias)) alias += 'r'
    taken.add(alias)
    known.set(text, alias)
    return alias
  }
}

/** FNV-1a, in letters and digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36)
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/**
 * Adds response names, and `__typename` if an object below can have several types. Fragments on an object
 * type are inlined, since objects of one type are not asked for it.
 */
function named(
  selection: SelectionNode,
  parent: GraphQLNamedType | undefined,
  schema: GraphQLSchema,
  aliasOf: AliasOf,
): readonly SelectionNode[] {
  if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a field set spreads a fragment')
  const selected = (type: GraphQLNamedType | undefined) =>
    (selection.selectionSet?.selections ?? []).flatMap((one) => named(one, type, schema, aliasOf))
  const below = (type: GraphQLNamedType | undefined, first: readonly SelectionNode[]) => ({
    kind: Kind.SELECTION_SET as const,
    selections: [...first, ...selected(type)],
  })
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const type = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : parent
    if (isObjectType(parent)) return isOf(parent, type, schema) ? selected(parent) : []
    const typeCondition = {
      kind: Kind.NAMED_TYPE as const,
      name: { kind: Kind.NAME as const, value: type?.name ?? '' },
    }
    return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: below(type, []) }]
  }
  const alias = aliasOf(selection)
  const field = {
    ...selection,
    alias: alias === null ? undefined : { kind: Kind.NAME as const, value: alias },
  }
  if (!selection.selectionSet) return [field]
  const hasFields = isObjectType(parent) || isInterfaceType(parent)
  const definition = hasFields ? parent.getFields()[selection.name.value] : undefined
  const type = definition && getNamedType(definition.type)
  return [{ ...field, selectionSet: below(type, isAbstractType(type) ? [TYPENAME] : []) }]
}

function isOf(object: GraphQLObjectType, type: GraphQLNamedType | undefined, schema: GraphQLSchema): boolean {
  return type === object || (isAbstractType(type) && schema.isSubType(type, object))
}

function requiredOf(selection: SelectionNode): RequiredSelection {
  if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a field set spreads a fragment')
  const below = selection.selectionSet?.selections.map(requiredOf) ?? null
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const type = selection.typeCondition?.name.value ?? ''
    return { kind: 'fragment', type, selections: below ?? [] }
  }
  const { name, alias } = selection
  return { kind: 'field', name: (alias ?? name).value, as: name.value, selections: below }
}
