import { type GraphQLLeafType, isEnumType } from 'graphql'

/** Writes a value that is not null as JSON; undefined where it is none of the type (6.4.3, result coercion). */
export type LeafWriter = (value: unknown) => string | undefined

/** Whatever JSON must escape, and halves of surrogate pairs, which JSON.stringify writes escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/

/** A string as JSON. */
export function quote(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`
}

const MAX_INT = 2_147_483_647
const MIN_INT = -2_147_483_648

const BUILT_IN: Readonly<Record<string, LeafWriter>> = {
  Int: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value <= MAX_INT && value >= MIN_INT
      ? String(value)
      : undefined,
  Float: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined),
  String: (value) => (typeof value === 'string' ? quote(value) : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  ID: (value) => {
    if (typeof value === 'string') return quote(value)
    return typeof value === 'number' && Number.isInteger(value) ? `"${value}"` : undefined
  },
}

export function leafWriter(type: GraphQLLeafType): LeafWriter {
  if (isEnumType(type)) {
    const written = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]))
    // Map lookups by any value are safe; a value that the client must not see is none of the type.
    return (value) => written.get(value as string)
  }
  return BUILT_IN[type.name] ?? JSON.stringify
}
