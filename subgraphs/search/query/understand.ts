import {
  endingSplits,
  fold,
  headsOf,
  isFiller,
  isForAll,
  LEXICON_CANDIDATES,
  MAX_ENTRY_LENGTH,
  meaningsOf,
} from './lexicon.ts'
import type { QueryText, Term } from './query-text.ts'
import { type Candidate, nearestWord } from './spelling.ts'

/** One text to look up in the index. */
export type Wanted = { readonly text: string; readonly kind: 'words' | 'phrase' | 'exact' }

/** Alternatives. A result has at least one of them, or none if they are excluded. */
export type Group = {
  /** The words of the query for which it stands. */
  readonly said: string
  readonly any: readonly Wanted[]
  readonly isExcluded: boolean
  /** True for a number that sizes contain: it is left out where nothing has both the size and the rest. */
  readonly isSize?: boolean
}

/** A query in the form of the index. Without groups, it matches everything. */
export type Understood = {
  readonly groups: readonly Group[]
  /** The query with corrected words. */
  readonly searchedFor: string
  readonly isCorrected: boolean
  /** True if it cannot match anything, such as `???`. */
  readonly isUnsearchable: boolean
}

/** A word in the catalogue: known, too common to be looked up, or unknown. */
export type WordKind = 'known' | 'stop' | 'unknown'

export type Vocabulary = {
  kindsOf(words: readonly string[]): Promise<ReadonlyMap<string, WordKind>>
  /** Similar words of the catalogue. */
  similar(word: string): Promise<readonly Candidate[]>
  /** The sizes of the catalogue that are two numbers. */
  sizes(): Promise<readonly SizeSpan[]>
}

/** A size such as `36–40`, with its text in the catalogue. */
export type SizeSpan = { readonly text: string; readonly low: number; readonly high: number }

type Kinds = ReadonlyMap<string, WordKind>

/**
 * A text with a digit, or with letters joined by punctuation, may be an article number, so it is not
 * corrected.
 */
const CODE = /[\d_/]|\w-\w/u
const HAS_DIGIT = /\d/u
const SIZE = /^(?<low>\d{1,3})(?:-(?<high>\d{1,3}))?$/u
const WORD = /^[\p{L}\p{M}'’]+$/u

/** Interprets a query by the lexicon and the words of the catalogue. */
export async function understand(query: QueryText, vocabulary: Vocabulary): Promise<Understood> {
  const entries = joinEntries(query.terms)
  const words = entries.filter(({ isPhrase }) => !isPhrase).flatMap(({ text }) => [text, ...headsOf(text)])
  const pairs = entries.flatMap((term, place) => pairOf(term, entries[place + 1]) ?? [])
  const looked = [...new Set([...words, ...pairs].map(fold))]
  const kinds: Kinds = looked.length > 0 ? await vocabulary.kindsOf(looked) : new Map()
  const terms = withExclusions(joinWords(entries, kinds), kinds)
  const sizes = terms.some(({ text }) => SIZE.test(text)) ? await vocabulary.sizes() : []
  const corrected = await Promise.all(terms.map((term) => correct(term, kinds, vocabulary)))
  const groups = corrected.map(
    (term, place) => sizeGroupOf(term, sizes) ?? groupOf(term, term === terms[place] ? kinds : null),
  )
  const asked = groups.filter((group) => group !== null)
  // One such word may be searched for. Several of them, or one with socks, mean the same as socks: `gift for
  // men`, `Damensocken`.
  const isOnlyFillers =
    asked.length === 0 &&
    terms.length === 1 &&
    terms.every(({ text }) => !isForAll(text) && headsOf(text).length === 0)
  return {
    groups: isOnlyFillers ? terms.map(literally) : asked,
    searchedFor: corrected.map(written).join(' '),
    isCorrected: corrected.some((term, place) => term !== terms[place]),
    isUnsearchable: query.isUnsearchable,
  }
}

/** Joins adjacent terms that have a common entry in the lexicon, such as `light blue`. */
function joinEntries(terms: readonly Term[]): Term[] {
  const joined: Term[] = []
  for (let place = 0; place < terms.length; ) {
    const entry = entryAt(terms, place)
    const term = entry ?? terms[place]
    if (term) joined.push(term)
    place += entry ? entry.text.split(' ').length : 1
  }
  return joined
}

function entryAt(terms: readonly Term[], place: number): Term | null {
  for (let length = MAX_ENTRY_LENGTH; length > 1; length--) {
    const run = terms.slice(place, place + length)
    const isRun = run.length === length && run.every(({ isPhrase, isExcluded }) => !isPhrase && !isExcluded)
    const text = run.map((term) => term.text).join(' ')
    if (isRun && (meaningsOf(text) || isFiller(text))) return { text, isPhrase: false, isExcluded: false }
  }
  return null
}

/** Two terms as one word, where the words might be parts of one; null where they are not. */
function pairOf(term: Term, next: Term | undefined): string | null {
  if (
    !next ||
    [term, next].some(({ text, isPhrase, isExcluded }) => isPhrase || isExcluded || !WORD.test(text))
  )
    return null
  return [term, next].some(({ text }) => isForAll(text) || isFiller(text)) ? null : term.text + next.text
}

/** Joins adjacent terms that are one word of the catalogue, unless each of them is a word by itself: `salt marsh`, but not `rust red`. */
function joinWords(terms: readonly Term[], kinds: Kinds): Term[] {
  const joined: Term[] = []
  for (let place = 0; place < terms.length; place++) {
    const term = terms[place]
    const next = terms[place + 1]
    const pair = term && pairOf(term, next)
    const isOne =
      term &&
      next &&
      pair &&
      kinds.get(fold(pair)) === 'known' &&
      ![term, next].every((one) => isWordOfShop(one.text, kinds))
    if (isOne) place++
    if (term) joined.push(isOne ? { ...term, text: pair } : term)
  }
  return joined
}

/** Words before a term that is excluded. */
const WITHOUT = new Set(['without', 'ohne'])

/** `without wool` and `ohne die Wolle` exclude as `-wool` does: the next term that is not too common to be looked up. */
function withExclusions(terms: readonly Term[], kinds: Kinds): Term[] {
  const isSkipped = ({ text, isPhrase }: Term) => !isPhrase && kinds.get(fold(text)) === 'stop'
  const read: Term[] = []
  for (let place = 0; place < terms.length; place++) {
    const term = terms[place]
    const isWithout = term && !term.isPhrase && !term.isExcluded && WITHOUT.has(term.text)
    const excluded = isWithout ? terms.findIndex((one, at) => at > place && !isSkipped(one)) : -1
    const next = terms[excluded] ?? term
    if (!next) continue
    read.push(excluded > place ? { ...next, isExcluded: true } : next)
    place = Math.max(place, excluded)
  }
  return read
}

/** The group of a number, or of two with a dash, that sizes contain or that overlaps with them; null for any other term. */
function sizeGroupOf({ text, isPhrase, isExcluded }: Term, sizes: readonly SizeSpan[]): Group | null {
  const { low, high = low } = (isPhrase ? null : SIZE.exec(text))?.groups ?? {}
  const [from, to] = [Number(low), Number(high)]
  const around = sizes.filter((size) => size.low <= from && to <= size.high)
  const meant = around.length > 0 ? around : sizes.filter((size) => size.low <= to && from <= size.high)
  if (low === undefined || meant.length === 0) return null
  return {
    said: text,
    any: meant.map((size) => ({ text: size.text, kind: 'phrase' })),
    isExcluded,
    isSize: true,
  }
}

/** Tests whether the word needs no correction. */
const isUnderstood = (text: string, kinds: Kinds) => HAS_DIGIT.test(text) || isWordOfShop(text, kinds)

/** Tests whether the word is in the lexicon, known in the catalogue, or too common to be looked up. */
export function isWordOfShop(text: string, kinds: Kinds): boolean {
  if (isForAll(text) || isFiller(text) || meaningsOf(text) !== null) return true
  if ([text, ...headsOf(text)].some((word) => (kinds.get(fold(word)) ?? 'unknown') !== 'unknown')) return true
  return headsOf(text).some((head) => meaningsOf(head) !== null)
}

/** The same term if it is known or nothing is near; else the most likely correction. */
async function correct(term: Term, kinds: Kinds, vocabulary: Vocabulary): Promise<Term> {
  if (term.isPhrase || term.isExcluded || isUnderstood(term.text, kinds)) return term
  const word = fold(term.text)
  const nearest = nearestWord(word, [...(await vocabulary.similar(word)), ...LEXICON_CANDIDATES])
  const text = nearest ?? nearestCompound(word)
  return text === null ? term : { ...term, text }
}

/** Splits a word such as `wandrsoken` into its ending and the part before, and corrects both. */
function nearestCompound(word: string): string | null {
  for (const { head, ending } of endingSplits(word)) {
    const known = meaningsOf(head) ? head : nearestWord(head, LEXICON_CANDIDATES)
    if (known !== null && meaningsOf(known)) return known + ending
  }
  return null
}

/**
 * The group of a term; null if it does not restrict the search. @param kinds null for a corrected term, whose
 * word is known
 */
function groupOf(term: Term, kinds: Kinds | null): Group | null {
  const { text, isExcluded } = term
  if (term.isPhrase) return literally(term)
  const kind = kinds ? (kinds.get(fold(text)) ?? 'unknown') : 'known'
  if (isForAll(text) || kind === 'stop') return isExcluded ? literally(term) : null
  const meanings = meaningsOf(text) ?? meaningsOfHead(text, kind, kinds)
  // Words that have an entry only together mean something else separately: no show.
  const own = text.includes(' ') ? [] : ownOf(text)
  if (meanings) return { said: text, any: [...own, ...meanings.map(wantedOf)], isExcluded }
  if (isFiller(text)) return null
  return literally(term)
}

/** The meaning of the first part of a compound that is unknown as a whole. */
function meaningsOfHead(text: string, kind: WordKind, kinds: Kinds | null): readonly string[] | null {
  if (kind === 'known' && kinds !== null) return null
  for (const head of headsOf(text)) {
    const meanings = meaningsOf(head)
    if (meanings) return [head, ...meanings]
    if (kinds?.get(fold(head)) === 'known') return [head]
  }
  return null
}

const wantedOf = (text: string): Wanted => ({ text, kind: text.includes(' ') ? 'phrase' : 'words' })

function ownOf(text: string): Wanted[] {
  return CODE.test(text) ? [wantedOf(text), { text, kind: 'exact' }] : [wantedOf(text)]
}

function literally(term: Term): Group {
  const { text, isPhrase, isExcluded } = term
  return { said: text, any: isPhrase ? [{ text, kind: 'phrase' }] : ownOf(text), isExcluded }
}

function written({ text, isPhrase, isExcluded }: Term): string {
  // A minus would exclude the first word only.
  if (isExcluded && !isPhrase && text.includes(' ')) return `without ${text}`
  return `${isExcluded ? '-' : ''}${isPhrase ? `"${text}"` : text}`
}
