import { ENDINGS, FILLERS, LEXICON_ROWS, WORDS_FOR_ALL } from './lexicon-rows.ts'
import { type Candidate, typingErrors } from './spelling.ts'

/** Letters without accents, as the index has them. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('’', "'")
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
}

const listOf = (row: string) => row.split(',').map((entry) => entry.trim())

/** A spelling with each umlaut dropped, and one with it written out. */
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

const FOR_ALL = setOf(WORDS_FOR_ALL)
const FILLER = setOf(FILLERS)
/** The most words of an entry. */
export const LONGEST_ENTRY = 3

/** A word as it is, and without what makes its plural or an inflected form, in English and German. */
function formsOf(word: string): string[] {
  const endings = ["'s", 's', 'es', 'e', 'en', 'er', 'n', 'em', 'es']
  const stems = endings
    .filter((ending) => word.endsWith(ending))
    .map((ending) => word.slice(0, -ending.length))
  return [word, ...stems.filter((stem) => stem.length >= 3)]
}

/** The names that the catalogue has for something; null when the lexicon has no entry. @param said one to three words */
export function meaningsOf(said: string): readonly string[] | null {
  for (const form of formsOf(fold(said))) {
    const meanings = MEANINGS.get(form)
    if (meanings) return meanings
  }
  return null
}

export const isForAll = (word: string) => FOR_ALL.has(fold(word))
export const isFiller = (word: string) => FILLER.has(fold(word))

/** The first part of a word such as `Wandersocken`, without a joining letter too; empty when it is none. */
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

/** Ways to take a word apart into a first part and one of these endings, which may have a typing error. */
export function endingSplits(word: string): { head: string; ending: string }[] {
  return ENDINGS.filter((ending) => ending.length >= 5).flatMap((ending) =>
    [ending.length, ending.length - 1, ending.length + 1]
      .filter((length) => word.length >= length + 3 && typingErrors(word.slice(-length), ending) <= 1)
      .map((length) => ({ head: word.slice(0, -length), ending })),
  )
}

/** Every single word that the lexicon knows, for typing errors. */
export const LEXICON_CANDIDATES: readonly Candidate[] = [
  ...new Set([...MEANINGS.keys().filter((entry) => !entry.includes(' ')), ...FOR_ALL]),
]
  .filter((word) => word.length >= 4)
  .map((word) => ({ word, isName: true }))
