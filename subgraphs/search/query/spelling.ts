/** A known word that may be meant by an unknown one. */
export type Candidate = { readonly word: string; readonly isName: boolean }

/** Maximum number of typing errors in a word of this length: a third of it, at most three. */
export function mostErrors(length: number): number {
  return length <= 2 ? 0 : length <= 4 ? 1 : length <= 8 ? 2 : 3
}

/**
 * The number of typing errors between two words: missing, additional or changed letters, or two adjacent
 * letters swapped (optimal string alignment, as in Boytsov, "Indexing methods for approximate dictionary
 * searching", 2011, section 2.1).
 */
export function typingErrors(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  let before: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, place) => place)
  for (const [i, letter] of left.entries()) {
    const row = [i + 1]
    for (const [j, other] of right.entries()) {
      const changed = (last[j] ?? 0) + (letter === other ? 0 : 1)
      let errors = Math.min((last[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, changed)
      const isExchanged = letter === right[j - 1] && left[i - 1] === other
      if (isExchanged) errors = Math.min(errors, (before[j - 1] ?? 0) + 1)
      row.push(errors)
    }
    before = last
    last = row
  }
  return last[right.length] ?? 0
}

/**
 * The distance of a candidate: fewer errors first, then the same first letter, then names before other words.
 */
function distance(typed: string, { word, isName }: Candidate): number {
  const isBegun = typed.length >= 3 && word.startsWith(typed)
  const errors = isBegun ? 0.9 : typingErrors(typed, word)
  const length = Math.abs(word.length - typed.length) / 100
  return errors + (word[0] === typed[0] ? 0 : 0.3) + (isName ? 0 : 0.2) + length
}

/** The most likely known word; null if none is near. */
export function nearestWord(typed: string, candidates: readonly Candidate[]): string | null {
  const near = candidates
    .filter(({ word }) => {
      const isBegun = typed.length >= 3 && word.startsWith(typed)
      return isBegun || typingErrors(typed, word) <= mostErrors(Math.min(typed.length, word.length))
    })
    .map((candidate) => ({ word: candidate.word, distance: distance(typed, candidate) }))
    .toSorted((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1))
  return near[0]?.word ?? null
}
