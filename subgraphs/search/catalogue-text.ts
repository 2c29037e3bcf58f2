import { fold, headsOf } from './query/lexicon.ts'
import { isWordOfShop, type Vocabulary } from './query/understand.ts'

/** Maximum number of words of a text that is suggested. */
export const MAX_WORDS = 12
/** Number of texts whose words are looked up at once. */
const BATCH = 100
/** Letters, digits, and the punctuation of words and sizes. */
const PLAIN = /^[\p{L}\p{M}\p{N} '’&+,./-]+$/u

/** The texts whose words all are words of the catalogue or of the lexicon, so that no text of a stranger's choice is shown to others. */
export async function catalogueTexts(
  texts: readonly string[],
  vocabulary: Vocabulary,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const split = texts.filter((text) => PLAIN.test(text)).map((text) => ({ text, words: wordsOf(text) }))
  const plain = split.filter(({ words }) => words.length > 0 && words.length <= MAX_WORDS)
  for (let start = 0; start < plain.length; start += BATCH) {
    const batch = plain.slice(start, start + BATCH)
    const words = new Set(batch.flatMap((one) => one.words.flatMap((word) => [word, ...headsOf(word)])))
    const kinds = await vocabulary.kindsOf([...words])
    for (const { text, words: own } of batch)
      if (own.every((word) => isWordOfShop(word, kinds))) found.add(text)
  }
  return found
}

const wordsOf = (text: string) =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
