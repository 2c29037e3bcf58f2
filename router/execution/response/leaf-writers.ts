import { type GraphQLLeafType, isEnumType } from 'graphql'
import { integerText, isExactNumber } from '../../json/exact-number.ts'

/** Writes a value that is not null as JSON; undefined if it is not of the type (6.4.3, result coercion). */
export type LeafWriter = (value: unknown) => string | undefined

/** Whatever JSON must escape, and halves of surrogate pairs, which JSON.stringify writes escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/

/** A string as JSON. */
export function quote(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** Greatest Int (GraphQL, section 3.5.1). */
const MAX_INT = 2_147_483_647
const MIN_INT = -2_147_483_648

const BUILT_IN: ReadonlyMap<string, LeafWriter> = new Map<string, LeafWriter>(
  Object.entries({
    Int: (value) => {
      if (typeof value === 'number')
        return Number.isInteger(value) && value <= MAX_INT && value >= MIN_INT ? String(value) : undefined
      return isExactNumber(value) && value.rawJSON === '-0' ? '0' : undefined
    },
    Float: (value) => {
      if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
      return isExactNumber(value) && Number.isFinite(Number(value.rawJSON)) ? value.rawJSON : undefined
    },
    String: (value) => (typeof value === 'string' ? quote(value) : undefined),
    Boolean: (value) => (typeof value === 'boolean' ? String(value) : undefined),
    ID: (value) => {
      if (typeof value === 'string') return quote(value)
      if (typeof value === 'number') return Number.isInteger(value) ? `"${value}"` : undefined
      const digits = isExactNumber(value) ? integerText(value.rawJSON) : null
      return digits === null ? undefined : `"${digits}"`
    },
  } satisfies Record<string, LeafWriter>),
)

export function leafWriter(type: GraphQLLeafType): LeafWriter {
  if (isEnumType(type)) {
    const written = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]))
    // Map lookups by any value are safe; a value that is hidden from the client does not belong to the type.
    return (value) => written.get(value as string)
  }
  return BUILT_IN.get(type.name) ?? JSON.stringify
}
