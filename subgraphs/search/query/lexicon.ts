import { ENDINGS, FILLERS, LEXICON_ROWS, WORDS_FOR_ALL } from './lexicon-rows.ts'
import { type Candidate, typingErrors } from './spelling.ts'

/** Letters without accents, as in the index. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('’', "'")
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
}

const listOf = (row: string) => row.split(',').map((entry) => entry.trim())

/** A spelling without umlauts, and one with umlauts as two letters. */
function spellingsOf(entry: string): string[] {
  const writtenOut = entry.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue')
  return [fold(entry), fold(writtenOut)]
}

const setOf = (row: string) => new Set(listOf(row).flatMap(spellingsOf))

const MEANINGS = new Map<string, readonly string[]>()
for (const [said, meant] of LEXICON_ROWS) {
  for (const entry of listOf(said).flatMap(spellingsOf))
    MEANINGS.set(entry, [...new Set([...(MEANINGS.get(entry) ?? []), ...listOf(meant)])])
}

/** A text of several words written as one. */
const squeezed = (text: string) => text.replaceAll(/[\s-]/g, '')

/** Entries and names of the catalogue that consist of several words, as one word: `polkadot`, `overthecalf`. */
const SQUEEZED = new Map<string, readonly string[]>()
for (const [said, meanings] of MEANINGS) if (squeezed(said) !== said) SQUEEZED.set(squeezed(said), meanings)
for (const meant of [...MEANINGS.values()].flat())
  if (squeezed(meant) !== meant) SQUEEZED.set(squeezed(fold(meant)), [meant])

const FOR_ALL = setOf(WORDS_FOR_ALL)
const FILLER = setOf(FILLERS)
/** Maximum number of words in an entry. */
export const MAX_ENTRY_LENGTH = 3

/** A word in the given form, and without plural and inflectional endings, in English and German. */
function formsOf(word: string): string[] {
  const endings = ["'s", 's', 'es', 'e', 'en', 'er', 'n', 'em']
  const stems = endings
    .filter((ending) => word.endsWith(ending))
    .map((ending) => word.slice(0, -ending.length))
  return [word, ...stems.filter((stem) => stem.length >= 3)]
}

/** The catalogue's names for something; null if the lexicon has no entry. @param said one to three words */
export function meaningsOf(said: string): readonly string[] | null {
  for (const form of formsOf(fold(said))) {
    const meanings = MEANINGS.get(form) ?? SQUEEZED.get(squeezed(form))
    if (meanings) return meanings
  }
  return null
}

export const isForAll = (word: string) => FOR_ALL.has(fold(word))
/** Also of an inflected word, and of a compound: `günstige`, `Damensocken`. */
export const isFiller = (word: string) =>
  [...formsOf(fold(word)), ...headsOf(word).filter((head) => head.length > 3)].some((form) =>
    FILLER.has(form),
  )

/**
 * The first part of a compound such as `Wandersocken`, also without a linking letter; empty if it is not a
 * compound.
 */
export function headsOf(word: string): string[] {
  const folded = fold(word)
  const ending = ENDINGS.find((one) => folded.endsWith(one) && folded.length >= one.length + 3)
  if (!ending) return []
  const head = folded.slice(0, -ending.length).replace(/-$/, '')
  return [
    head,
    ...['s', 'n', 'en'].filter((joint) => head.endsWith(joint)).map((joint) => head.slice(0, -joint.length)),
  ]
}

/** Splits a word into a first part and one of these endings, which may contain a typing error. */
export function endingSplits(word: string): { head: string; ending: string }[] {
  return ENDINGS.filter((ending) => ending.length >= 5).flatMap((ending) =>
    [ending.length, ending.length - 1, ending.length + 1]
      .filter((length) => word.length >= length + 3 && typingErrors(word.slice(-length), ending) <= 1)
      .map((length) => ({ head: word.slice(0, -length), ending })),
  )
}

/** All single words of the lexicon, as candidates for corrections. */
export const LEXICON_CANDIDATES: readonly Candidate[] = [
  ...new Set([...MEANINGS.keys().filter((entry) => !entry.includes(' ')), ...FOR_ALL]),
]
  .filter((word) => word.length >= 4)
  .map((word) => ({ word, isName: true }))
