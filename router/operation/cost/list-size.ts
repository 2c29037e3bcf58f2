import { type ConstDirectiveNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { argumentOf } from '../linked-names.ts'
import { numberOf, stringsOf } from './cost-directives.ts'

/**
 * Fields whose size is stated by an ancestor's `@listSize`, by name; null for the field itself, a map for
 * fields below it.
 */
export type SizedFields = ReadonlyMap<string, SizedFields | null>

/** `@listSize` of a field (IBM cost specification, section 8). */
export type ListSize = {
  readonly assumedSize: number | undefined
  /** Each as a path: `input.page.first` has three steps. */
  readonly slicingArguments: readonly (readonly string[])[]
  readonly sizedFields: SizedFields
  /** Whether exactly one slicing argument must be given. */
  readonly requiresOne: boolean
}

export function listSizeOf(directive: ConstDirectiveNode): ListSize {
  const isRequired = argumentOf(directive, 'requireOneSlicingArgument')
  const slicingArguments = stringsOf(argumentOf(directive, 'slicingArguments')).map((path) => path.split('.'))
  return {
    assumedSize: numberOf(argumentOf(directive, 'assumedSize')),
    slicingArguments,
    sizedFields: sizedFieldsOf(stringsOf(argumentOf(directive, 'sizedFields'))),
    // Ignored where there are none (section 8.4).
    requiresOne: slicingArguments.length > 0 && !(isRequired?.kind === Kind.BOOLEAN && !isRequired.value),
  }
}

/** Each entry is a field, or a field set such as `results { page }`. */
function sizedFieldsOf(entries: readonly string[]): SizedFields {
  const fields = new Map<string, SizedFields | null>()
  for (const entry of entries) {
    try {
      const [definition] = parse(`{${entry}}`, { noLocation: true }).definitions
      if (definition?.kind === Kind.OPERATION_DEFINITION) addFields(definition.selectionSet, fields)
    } catch {
      // Composition does not validate these texts. A text that is not a field set names no field.
    }
  }
  return fields
}

function addFields({ selections }: SelectionSetNode, fields: Map<string, SizedFields | null>): void {
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue
    const { name, selectionSet } = selection
    if (!selectionSet) {
      fields.set(name.value, null)
      continue
    }
    const below = new Map(fields.get(name.value) ?? [])
    addFields(selectionSet, below)
    fields.set(name.value, below)
  }
}
