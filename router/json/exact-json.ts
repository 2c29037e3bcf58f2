import { exactNumber, isInexact } from './exact-number.ts'

/** Thrown for JSON that is nested so deep that walking through it could overflow the stack. */
export class TooDeep extends Error {
  override readonly name = 'TooDeep'

  constructor(mostDepth: number) {
    super(`the JSON is nested deeper than ${mostDepth} levels`)
  }
}

/** Maximum nesting of lists and objects. Real schemas have less than a tenth of it. */
export const MAX_DEPTH = 1_000

/**
 * Parses JSON without changing a number: one that JavaScript cannot hold becomes an `ExactNumber`. Scanning
 * the text takes a fourth of the time of `JSON.parse`; only a text with such a number takes seven times as
 * long.
 * @param isChanged which numbers become exact ones.
 * @throws SyntaxError
 * @throws TooDeep
 */
export function parseExactly(text: string, mostDepth = MAX_DEPTH, isChanged = isInexact): unknown {
  const survey = surveyed(text, mostDepth)
  if (survey === 'deep') throw new TooDeep(mostDepth)
  if (survey === 'exact') return JSON.parse(text)
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && isChanged(source) ? exactNumber(source) : value,
  )
}

/**
 * Whether text has numbers that a parser would change, or is nested too deep. For text that is not JSON the
 * result is arbitrary.
 */
function surveyed(text: string, mostDepth: number): 'exact' | 'inexact' | 'deep' {
  let isExact = true
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = stringEnd(text, at)
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const from = at++
      while (isOfNumber(text.charCodeAt(at))) at++
      if (isExact && mayBeInexact(text, from, at) && isInexact(text.slice(from, at))) isExact = false
    } else {
      if (code === OPENING_BRACE || code === OPENING_BRACKET) {
        if (++depth > mostDepth) return 'deep'
      } else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) depth--
      at++
    }
  }
  return isExact ? 'exact' : 'inexact'
}

/** The end of the string that begins at `from`; the end of the text if the string is not closed. */
export function stringEnd(text: string, from: number): number {
  let end = text.indexOf('"', from + 1)
  while (end > 0 && text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1)
  }
  return end < 0 ? text.length : end + 1
}

function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1
  while (text.charCodeAt(before) === BACKSLASH) before--
  return (quote - before) % 2 === 0
}

/** Digits, signs, a dot, an exponent. */
function isOfNumber(code: number): boolean {
  return (
    (code >= ZERO && code <= NINE) ||
    code === DOT ||
    code === MINUS ||
    code === PLUS ||
    (code | 0x20) === LETTER_E
  )
}

/** Numbers with fewer digits, without a minus and an exponent, are exact. */
function mayBeInexact(text: string, from: number, to: number): boolean {
  if (to - from > 15 || text.charCodeAt(from) === MINUS) return true
  for (let at = from + 1; at < to - 1; at++) if ((text.charCodeAt(at) | 0x20) === LETTER_E) return true
  return false
}

const QUOTE = 0x22
const PLUS = 0x2b
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const LETTER_E = 0x65
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
