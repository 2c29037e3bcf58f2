/** A word or a quoted phrase of a query. */
export type Term = {
  /** Lower case, without the signs around it. */
  readonly text: string
  readonly isPhrase: boolean
  /** Whether it was marked by a minus: nothing found may have it. */
  readonly isExcluded: boolean
}

export type QueryText = {
  readonly terms: readonly Term[]
  /** Whether there was text, but nothing in it that could be looked for, such as `???`. */
  readonly isUnsearchable: boolean
}

/** Characters and terms of a query that count; the rest is left out. */
export const MOST_CHARACTERS = 200
export const MOST_TERMS = 12

// A minus excludes at the start of a term only: no-show is one word.
const TERM = /(?<minus>(?<=^|\s)[-−–](?=\S))?(?:["„“”](?<phrase>[^"„“”]*)(?:["„“”]|$)|(?<word>[^\s"„“”]+))/gu
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu
/** Whatever is no letter, digit or sign within words is a space to a search. */
const NOT_IN_WORDS = /[^\p{L}\p{M}\p{N}\s'’&.+/_-]/gu
const SOCKS = /🧦/gu

/** The part of a text that a search looks at: NFC, well-formed, without controls, cut to a number of code points. */
export function readableStart(text: string, most: number): string {
  // UTF-16 units are at most twice the characters: no more of a flood is looked at than may count.
  const start = text
    .slice(0, 2 * most)
    .toWellFormed()
    .normalize('NFC')
  return [...start.replaceAll(/[\p{C}\uFFFD]/gu, ' ')].slice(0, most).join('').trim()
}

/** Reads any text as a query. */
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
