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

/** Maximum number of characters of a query. The rest is ignored. */
export const MAX_CHARACTERS = 200
/** Maximum number of terms of a query. The rest is ignored. */
export const MAX_TERMS = 12

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

/** Signs of the shop's currencies, and beginnings of their names. */
const SIGNS: Readonly<Record<string, Currency>> = { '€': 'EUR', $: 'USD', '¥': 'JPY' }
const NAMES: Readonly<Record<string, Currency>> = {
  eur: 'EUR',
  usd: 'USD',
  dol: 'USD',
  jpy: 'JPY',
  yen: 'JPY',
}
const NUMBER = String.raw`\d{1,3}[.,]\d{3}(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{1,2})?`
/** The number is no part of a word, of a longer number, or of two with a dash. */
const NUMBER_END = String.raw`(?![\p{L}\p{N}]|[.,–—−-][\p{L}\p{N}]|\s?[–—−-]\s?\d)`
const CURRENCY = String.raw`[€$¥£]|(?:euros?|eur|usd|dollars?|jpy|yen|gbp|pounds?|pfund|chf)(?![\p{L}\p{N}])`
/** An amount with the sign or name of a currency before or behind it. */
const AMOUNT = String.raw`(?<before>[€$¥£])?\s?(?<amount>${NUMBER})\s?(?<behind>${CURRENCY})?${NUMBER_END}`
const UNDER = 'under|below|less than|cheaper than|unter|weniger als|höchstens'
/** These words stand before sizes and in names too, so the amount needs a currency. */
const UP_TO = String.raw`up to|max\.?|maximal|bis zu|bis`
const SIZE = String.raw`sizes?|größen?|groessen?|gr\.?`
const LIMIT = new RegExp(
  String.raw`(?<=^|\s)(?<size>(?:${SIZE})\s+)?(?:${UNDER}|(?<upTo>${UP_TO}))\s+${AMOUNT}`,
  'giu',
)
const PRICE = new RegExp(String.raw`(?<=^|\s)${AMOUNT}`, 'giu')
const CHILD = 'kids?|child|children|boys?|girls?|baby|babies|babys|toddlers?|kind|kinder|mädchen|junge|jungen'
/** An age of children, such as in `kids under 5`. Products have none. */
const AGE = new RegExp(
  String.raw`(?<=(?:^|\s)(?:${CHILD}))\s+(?:under|below|unter)\s+(?:1[0-7]|\d)(?:\s+(?:years?|yrs|jahren?))?(?!\s?(?:${CURRENCY}))${NUMBER_END}`,
  'giu',
)

type Groups = Readonly<Record<string, string | undefined>>

/** The currency of an amount; null for one in which the shop has no prices, undefined where none is named. */
const currencyOf = ({ before, behind }: Groups): Currency | null | undefined => {
  const name = before ?? behind?.toLowerCase()
  return name === undefined ? undefined : (SIGNS[name] ?? NAMES[name.slice(0, 3)] ?? null)
}

/** A number with a point for its decimals, and nothing between its thousands. */
function plainNumber(text: string): string {
  const [, thousands, rest = '', decimals] = /^(\d{1,3})[.,](\d{3})(?:[.,](\d{2}))?$/.exec(text) ?? []
  if (thousands === undefined) return text.replace(',', '.')
  return `${thousands}${rest}${decimals === undefined ? '' : `.${decimals}`}`
}

/**
 * Separates the price limit of a text. An amount with a currency but without a limit is removed, since it
 * cannot be searched for.
 */
function readPrice(text: string): { rest: string; priceLimit: PriceLimit | null } {
  let priceLimit: PriceLimit | null = null
  const rest = text
    .replaceAll(AGE, ' ')
    .replaceAll(LIMIT, (said: string, ...more) => {
      const groups: Groups = more.at(-1)
      const { size, upTo, amount = '' } = groups
      const currency = currencyOf(groups)
      if (currency === undefined && size !== undefined) return `${size}${amount}`
      if (currency === undefined && upTo !== undefined) return said
      if (currency !== null) priceLimit ??= { amount: plainNumber(amount), currency: currency ?? null }
      return ' '
    })
    .replaceAll(PRICE, (price: string, ...more) => (currencyOf(more.at(-1)) === undefined ? price : ' '))
  return { rest, priceLimit }
}

/** Two numbers with a dash or a word between them, as sizes are written. */
const SPAN = /(?<![\p{L}\p{N}-])(\d{1,3})(?:\s?[–—−-]\s?|\s+(?:bis|up to|to)\s+)(\d{1,3})(?![\p{L}\p{N}-])/giu

/** Parses any text as a query. */
export function readQuery(text: string): QueryText {
  const start = readableStart(text, MAX_CHARACTERS).replaceAll(SOCKS, ' socks ')
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
    terms: terms.slice(0, MAX_TERMS),
    priceLimit,
    isUnsearchable: terms.length === 0 && priceLimit === null && readable.trim() !== '',
  }
}
