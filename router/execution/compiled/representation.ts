import type { RequiredSelection } from '../../planning/plan.ts'
import type { Conditions } from './conditions.ts'
import { quote } from './leaf-writers.ts'
import { isInherited, isObject, type Json } from './own-property.ts'
import type { IsOfType } from './type-names.ts'

/**
 * Writes the representation of an entity as JSON text; null where the entity lacks something that is required, or its
 * type is none of those asked for: then there is nothing to send for it.
 */
export type RepresentationWriter = (entity: Json) => string | null

type RequiredField = {
  readonly name: string
  readonly label: string
  readonly guarded: boolean
  readonly write: ((value: unknown) => string | null) | null
}

export type Requiring = { readonly isOfType: IsOfType; readonly conditions: Conditions }

/** Compiles what a fetch requires, by the types of the supergraph. */
export function representationWriter(
  requires: readonly RequiredSelection[],
  requiring: Requiring,
): RepresentationWriter {
  const write = objectWriter(requires, requiring)
  // What has no type, or only fragments of other types, is no representation.
  return (entity) => (typeof entity.__typename === 'string' ? write(entity) : null)
}

/** The writer of each type is made when an object of it is first met. */
function objectWriter(selections: readonly RequiredSelection[], requiring: Requiring): RepresentationWriter {
  const writers = new Map<unknown, readonly RequiredField[]>()
  let lastType: unknown
  let lastFields: readonly RequiredField[] = []
  return (object) => {
    const typename = object.__typename
    if (typename !== lastType || lastFields.length === 0) {
      let fields = writers.get(typename)
      if (!fields) {
        fields = fieldsFor(selections, typename, requiring)
        writers.set(typename, fields)
      }
      lastType = typename
      lastFields = fields
    }
    return lastFields.length === 0 ? null : writeFields(object, lastFields)
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
  return typeof value === 'string' ? quote(value) : JSON.stringify(value)
}

/** Fields of one name are one, with the selections of all: fragments overlap. */
function fieldsFor(
  selections: readonly RequiredSelection[],
  typename: unknown,
  requiring: Requiring,
): readonly RequiredField[] {
  type Below = { readonly name: string; readonly below: RequiredSelection[] | null }
  const fields = new Map<string, Below>()
  const visit = (selection: RequiredSelection) => {
    if (selection.kind === 'fragment') {
      if (applies(selection, typename, requiring)) selection.selections.forEach(visit)
      return
    }
    const { name, as, selections: nested } = selection
    const known = fields.get(as)
    if (known?.below && nested) known.below.push(...nested)
    else fields.set(as, { name, below: nested && [...nested] })
  }
  selections.forEach(visit)
  return [...fields].map(([as, { name, below }]) => ({
    name,
    label: `${quote(as)}:`,
    guarded: isInherited(name),
    write: below ? nestedWriter(below, requiring) : null,
  }))
}

function applies(
  { type, skipIf, includeIf }: Extract<RequiredSelection, { kind: 'fragment' }>,
  typename: unknown,
  { isOfType, conditions }: Requiring,
): boolean {
  if (skipIf !== null && conditions.get(skipIf) === true) return false
  if (includeIf !== null && conditions.get(includeIf) !== true) return false
  return typeof typename === 'string' && isOfType(typename, type)
}

/** Objects in whatever lists; null stays null, since what is required may be nullable. */
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
