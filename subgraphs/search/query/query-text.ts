/** A word or a quoted phrase of a query. */
export type Term = {
  /** In lower case, without surrounding punctuation. */
  readonly text: string
  readonly isPhrase: boolean
  /** True if a minus excludes it from the results. */
  readonly isExcluded: boolean
}

export type QueryText = {
  readonly terms: readonly Term[]
  /** True if the text is not empty but has no searchable term, such as `???`. */
  readonly isUnsearchable: boolean
}

/** Maximum number of characters and terms of a query. The rest is ignored. */
export const MOST_CHARACTERS = 200
export const MOST_TERMS = 12

// A minus excludes only at the start of a term: no-show is one word.
const TERM = /(?<minus>(?<=^|\s)[-−–](?=\S))?(?:["„“”](?<phrase>[^"„“”]*)(?:["„“”]|$)|(?<word>[^\s"„“”]+))/gu
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu
/** Characters that are neither letters, digits nor punctuation within words; they separate terms. */
const NOT_IN_WORDS = /[^\p{L}\p{M}\p{N}\s'’&.+/_-]/gu
const SOCKS = /🧦/gu

/** Normalises a text: NFC, well-formed, without control characters, cut to a number of code points. */
export function readableStart(text: string, most: number): string {
  // A code point has at most two UTF-16 units, so the rest of a very long text is never read.
  const start = text
    .slice(0, 2 * most)
    .toWellFormed()
    .normalize('NFC')
  return [...start.replaceAll(/[\p{C}\uFFFD]/gu, ' ')].slice(0, most).join('').trim()
}

/** Parses any text as a query. */
export function readQuery(text: string): QueryText {
  const readable = readableStart(text, MOST_CHARACTERS).replaceAll(SOCKS, ' socks ')
  const terms = [...readable.matchAll(TERM)].flatMap(({ groups = {} }): Term[] => {
    const isExcluded = groups.minus !== undefined
    const body = (groups.phrase ?? groups.word ?? '').toLowerCase().replaceAll(NOT_IN_WORDS, ' ')
    const words = body
      .split(/\s+/u)
      .map((word) => word.replaceAll(EDGES, ''))
      .filter(Boolean)
    if (words.length === 0) return []
    if (groups.phrase !== undefined && words.length > 1)
      return [{ text: words.join(' '), isPhrase: true, isExcluded }]
    return words.map((word) => ({ text: word, isPhrase: false, isExcluded }))
  })
  return {
    terms: terms.slice(0, MOST_TERMS),
    isUnsearchable: terms.length === 0 && readable !== '',
  }
}
