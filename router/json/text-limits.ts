/** Thrown for a text that has too many values, or a value that is too large. */
export class TooWide extends Error {
  override readonly name = 'TooWide'
}

/** Bounds on a text that is parsed in turns. */
export type TextLimits = {
  /** Maximum number of values: objects, lists and scalars. An empty object or list counts twice. */
  readonly values: number
  /** Maximum length of one string or number, in characters as JSON writes it. */
  readonly scalar: number
}

export const NO_LIMITS: TextLimits = { values: Number.POSITIVE_INFINITY, scalar: Number.POSITIVE_INFINITY }
