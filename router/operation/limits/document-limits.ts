import { LRUCache } from 'lru-cache'
import { measureText } from '../measure-text.ts'

type DocumentLimits = { readonly tokens: number; readonly depth: number }

/** Number of cached texts that passed, so that a known operation is not checked again. */
const REMEMBERED = 1_000

/**
 * Ignored characters (white space, commas, comments) per token that `limits.tokens` allows. A formatted document has
 * about ten; the parser makes an object for each comment, and an error message counts the lines before it.
 */
const IGNORED_PER_TOKEN = 32

/**
 * The reason why a document is refused before it is parsed; null if it may be parsed. Lexical errors are left
 * to the parser.
 */
export type CheckText = (text: string) => string | null

/**
 * Counts tokens and nested brackets before a parser recurses into them. It is the cheapest check of a
 * document.
 */
export function textLimits(limits: DocumentLimits): CheckText {
  const passed = new LRUCache<string, true>({ max: REMEMBERED })
  const check = textCheck(limits)
  return (text) => {
    if (passed.has(text)) return null
    const problem = check(text)
    if (problem === null) passed.set(text, true)
    return problem
  }
}

/** The same without a cache. */
export function textCheck({ tokens, depth }: DocumentLimits): CheckText {
  // A selection set may contain arguments with lists of objects, which are allowed in addition to the depth
  // of selections.
  const brackets = depth * 2
  const ignored = tokens * IGNORED_PER_TOKEN
  return (text) => {
    // A token has at least one character, so most texts are read only by the parser.
    if (text.length <= tokens && openings(text) <= brackets) return null
    const found = measureText(text, { tokens, brackets, ignored })
    if (found === 'tokens') return `The document has more than the maximum of ${tokens} tokens.`
    if (found === 'brackets') return `The document is nested deeper than the maximum of ${brackets} brackets.`
    if (found === 'ignored')
      return `The document has more than the maximum of ${ignored} characters of white space, commas and comments.`
    return null
  }
}

const [BRACE, PARENTHESIS, BRACKET] = [0x7b, 0x28, 0x5b]

/** The number of opening brackets, wherever they occur. */
function openings(text: string): number {
  let count = 0
  // By index: a string's iterator creates an object and a string for every character, 19 KB per operation.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BRACE || code === PARENTHESIS || code === BRACKET) count++
  }
  return count
}
