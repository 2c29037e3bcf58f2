import type { Currency } from '@argyle/kit/money'

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
  /** The price that the text limits, such as that of `under $20`; the words of it are no terms. */
  readonly priceLimit: PriceLimit | null
  /** True if the text is not empty but has no searchable term, such as `???`. */
  readonly isUnsearchable: boolean
}

/** `currency` is null where the text names none. */
export type PriceLimit = { readonly amount: string; readonly currency: Currency | null }

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

const SIGNS: Readonly<Record<string, Currency>> = { '€': 'EUR', $: 'USD', '¥': 'JPY' }
const NAMES: Readonly<Record<string, Currency>> = {
  eur: 'EUR',
  usd: 'USD',
  dol: 'USD',
  jpy: 'JPY',
  yen: 'JPY',
}
/** An amount with the sign or name of a currency before or behind it. */
const AMOUNT = String.raw`(?<before>[€$¥])?\s?(?<amount>\d{1,6}(?:[.,]\d{2})?)\s?(?<behind>[€$¥]|(?:euros?|eur|usd|dollars?|jpy|yen)(?![\p{L}\p{N}]))?(?![\p{L}\p{N}.,-])`
const LIMIT = new RegExp(
  String.raw`(?<=^|\s)(?:under|below|less than|cheaper than|up to|max|unter|bis zu|bis|höchstens|weniger als)\s+${AMOUNT}`,
  'iu',
)
const PRICE = new RegExp(String.raw`(?<=^|\s)${AMOUNT}`, 'giu')

const currencyOf = ({ before, behind }: Readonly<Record<string, string | undefined>>): Currency | null => {
  const name = before ?? behind?.toLowerCase() ?? ''
  return SIGNS[name] ?? NAMES[name.slice(0, 3)] ?? null
}

/** Separates what a text says of prices. An amount of a currency without a limit says nothing that could be looked for. */
function readPrice(text: string): { rest: string; priceLimit: PriceLimit | null } {
  const { groups, 0: said = '' } = LIMIT.exec(text) ?? {}
  const priceLimit = groups && {
    amount: (groups.amount ?? '').replace(',', '.'),
    currency: currencyOf(groups),
  }
  const rest = text
    .replace(said, ' ')
    .replaceAll(PRICE, (price, ...more) => (currencyOf(more.at(-1)) ? ' ' : price))
  return { rest, priceLimit: priceLimit ?? null }
}

/** Two numbers with a dash between them, as sizes are written. */
const SPAN = /(?<![\p{L}\p{N}-])(\d{1,3})\s?[–—−-]\s?(\d{1,3})(?![\p{L}\p{N}-])/gu
/** Words before a term that is excluded. */
const WITHOUT = new Set(['without', 'not', 'ohne', 'nicht'])

/** Parses any text as a query. */
export function readQuery(text: string): QueryText {
  const start = readableStart(text, MOST_CHARACTERS).replaceAll(SOCKS, ' socks ')
  const { rest, priceLimit } = readPrice(start)
  const readable = rest.replaceAll(SPAN, '$1-$2')
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
    terms: excluded(terms).slice(0, MOST_TERMS),
    priceLimit,
    isUnsearchable: terms.length === 0 && priceLimit === null && readable.trim() !== '',
  }
}

/** `without wool` and `ohne Wolle` exclude as `-wool` does. */
function excluded(terms: readonly Term[]): Term[] {
  return terms.flatMap((term, place) => {
    const before = terms[place - 1]
    if (WITHOUT.has(term.text) && !term.isPhrase && terms[place + 1]) return []
    return before && WITHOUT.has(before.text) && !before.isPhrase ? [{ ...term, isExcluded: true }] : [term]
  })
}
