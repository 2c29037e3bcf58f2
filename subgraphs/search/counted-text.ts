import { readableStart } from './query/query-text.ts'

/** Maximum number of characters of a text under which searches are counted. */
const MAX_LENGTH = 80
/** Number of characters that are examined for what may identify a person: those of a query. */
const EXAMINED = 200
/** Texts that may identify a person: an e-mail address, a card or phone number, a URL. */
const PERSONAL = /@|\d[\d\s().-]{5,}\d|:\/\/|www\./u

/** The text under which a query is counted; null if it is empty or may identify a person. */
export function countedText(query: string): string | null {
  // Lower case may have more characters than upper case, so that the text is cut last.
  const text = readableStart(query, EXAMINED).toLowerCase().replaceAll(/\s+/g, ' ')
  const start = [...text].slice(0, MAX_LENGTH).join('').trim()
  return start === '' || PERSONAL.test(text) ? null : start
}
