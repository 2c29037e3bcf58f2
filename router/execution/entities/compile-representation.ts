// Tested in write-representations.test.ts: the test writes representations.

import type { RequiredSelection } from '../../planning/plan.ts'
import { isInherited, isObject, type Json } from '../own-property.ts'
import { quote } from '../response/leaf-writers.ts'
import type { IsOfType } from '../type-names.ts'

/** Writes the representation of an object as JSON text; null if it lacks a required field. */
type ObjectWriter = (object: Json) => string | null

/** How entities of one type are represented. */
export type TypeRepresentation = {
  readonly write: ObjectWriter
  /**
   * The keys apart from `__typename` if all of them have leaf values: objects with equal leaves have the same
   * representation.
   */
  readonly leaves: readonly string[] | null
}

/** By `__typename`; null if nothing is required of the type, so that there is nothing to send. */
export type Representations = (typename: string) => TypeRepresentation | null

type RequiredField = {
  /** Its key in the merged data. */
  readonly name: string
  readonly label: string
  /** Whether every object inherits a property of this name. */
  readonly guarded: boolean
  readonly write: ((value: unknown) => string | null) | null
}

/** Maximum number of cached types: a subgraph may send any name. */
const MAX_TYPES = 1_000

export type Requiring = { readonly isOfType: IsOfType }

const known = new WeakMap<IsOfType, WeakMap<readonly RequiredSelection[], Representations>>()

/**
 * Compiles the required fields of a fetch, by the types of the supergraph. Equal lists share a writer: many
 * operations require the same key, and the writer lives as long as they do.
 */
export function compileRepresentations(
  requires: readonly RequiredSelection[],
  requiring: Requiring,
): Representations {
  const ofSchema = known.get(requiring.isOfType) ?? new WeakMap<typeof requires, Representations>()
  known.set(requiring.isOfType, ofSchema)
  const made = ofSchema.get(requires) ?? representations(requires, requiring)
  ofSchema.set(requires, made)
  return made
}

function representations(requires: readonly RequiredSelection[], requiring: Requiring): Representations {
  // Created when an entity of the type first occurs.
  const types = new Map<string, TypeRepresentation | null>()
  return (typename) => {
    const known = types.get(typename)
    if (known !== undefined) return known
    const made = representationOf(requires, typename, requiring)
    if (types.size < MAX_TYPES) types.set(typename, made)
    return made
  }
}

function representationOf(
  requires: readonly RequiredSelection[],
  typename: string,
  requiring: Requiring,
): TypeRepresentation | null {
  const fields = fieldsFor(requires, typename, requiring)
  if (fields.length === 0) return null
  const names = fields.map(({ name }) => name).filter((name) => name !== '__typename')
  const areLeaves = names.length > 0 && fields.every(({ write }) => write === null)
  return { write: (entity) => writeFields(entity, fields), leaves: areLeaves ? names : null }
}

function objectWriter(selections: readonly RequiredSelection[], requiring: Requiring): ObjectWriter {
  const writers = new Map<unknown, readonly RequiredField[]>()
  return (object) => {
    const typename = object.__typename
    let fields = writers.get(typename)
    if (!fields) {
      fields = fieldsFor(selections, typename, requiring)
      if (writers.size < MAX_TYPES) writers.set(typename, fields)
    }
    // A member of an interface or a union without required fields lacks none.
    if (fields.length === 0) return typeof typename === 'string' ? '{}' : null
    return writeFields(object, fields)
  }
}

function writeFields(object: Json, fields: readonly RequiredField[]): string | null {
  let text = ''
  for (const { name, label, guarded, write } of fields) {
    const value = guarded && !Object.hasOwn(object, name) ? undefined : object[name]
    if (value === undefined) return null
    const written = write ? write(value) : writeLeaf(value)
    if (written === null) return null
    text += text === '' ? label : `,${label}`
    text += written
  }
  return `{${text}}`
}

function writeLeaf(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  return typeof value === 'number' ? `${value}` : JSON.stringify(value)
}

type RequiredBelow = {
  readonly as: string
  readonly name: string
  readonly below: RequiredSelection[] | null
}

/**
 * The keys of a representation of one type. Fields of the same name are merged with all of their selections,
 * since fragments overlap.
 */
export function requiredFields(
  selections: readonly RequiredSelection[],
  typename: unknown,
  requiring: Requiring,
): ReadonlyMap<string, RequiredBelow> {
  const fields = new Map<string, RequiredBelow>()
  const visit = (selection: RequiredSelection) => {
    if (selection.kind === 'fragment') {
      if (applies(selection, typename, requiring)) selection.selections.forEach(visit)
      return
    }
    const { name, as, selections: nested } = selection
    const known = fields.get(as)
    if (known?.below && nested) known.below.push(...nested)
    else fields.set(as, { as, name, below: nested && [...nested] })
  }
  selections.forEach(visit)
  return fields
}

function fieldsFor(
  selections: readonly RequiredSelection[],
  typename: unknown,
  requiring: Requiring,
): readonly RequiredField[] {
  return [...requiredFields(selections, typename, requiring).values()].map(({ as, name, below }) => ({
    name,
    label: `${quote(as)}:`,
    guarded: isInherited(name),
    write: below ? nestedWriter(below, requiring) : null,
  }))
}

function applies(
  { type }: Extract<RequiredSelection, { kind: 'fragment' }>,
  typename: unknown,
  { isOfType }: Requiring,
): boolean {
  return typeof typename === 'string' && isOfType(typename, type)
}

/** Writes objects in lists of any depth. Null stays null, since a required field may be nullable. */
function nestedWriter(
  selections: readonly RequiredSelection[],
  requiring: Requiring,
): (value: unknown) => string | null {
  const write = objectWriter(selections, requiring)
  const writeAny = (value: unknown): string | null => {
    if (value === null) return 'null'
    if (!Array.isArray(value)) return isObject(value) ? write(value) : null
    const items: string[] = []
    for (const item of value) {
      const written = writeAny(item)
      if (written === null) return null
      items.push(written)
    }
    return `[${items.join(',')}]`
  }
  return writeAny
}
