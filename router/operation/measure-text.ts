// Tested in limits/document-limits.test.ts: the bounds are limits of a document.

/** Bounds of a document's text: tokens, brackets open at a time, characters that are part of no token. */
export type TextBounds = { readonly tokens: number; readonly brackets: number; readonly ignored: number }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HASH = 0x23
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const DOT = 0x2e
const MINUS = 0x2d

/** Kinds of characters by code, below 128; all above belong to no token outside strings and comments. */
const IGNORED = 0
const WORD = 1
const OPENING = 2
const CLOSING = 3
const SINGLE = 4

const KINDS = kinds()

function kinds(): Uint8Array {
  const table = new Uint8Array(128).fill(SINGLE)
  // Space, tab, line breaks and commas (section 2.1).
  for (const character of ' \t\n\r,') table[character.charCodeAt(0)] = IGNORED
  for (let code = 0; code < 128; code++) if (/\w/.test(String.fromCharCode(code))) table[code] = WORD
  for (const character of '{([') table[character.charCodeAt(0)] = OPENING
  for (const character of '})]') table[character.charCodeAt(0)] = CLOSING
  return table
}

/**
 * Finds the first bound that a document's text exceeds, without allocating its tokens (section 2.1, Lexical
 * Tokens).
 * @returns null if it exceeds none. A text with lexical errors may be counted differently than by a lexer.
 */
export function measureText(text: string, bounds: TextBounds): keyof TextBounds | null {
  let tokens = 0
  let open = 0
  let ignored = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const start = at
    const kind = code < 128 ? KINDS[code] : IGNORED
    at++
    if (code === HASH) at = endOfLine(text, at)
    if (code === HASH || kind === IGNORED) {
      ignored += at - start
      if (ignored > bounds.ignored) return 'ignored'
      continue
    }
    if (code === QUOTE) at = endOfString(text, at)
    else if (kind === WORD || code === MINUS) at = endOfWord(text, at)
    else if (code === DOT && text.startsWith('..', at)) at += 2
    if (kind === OPENING) open++
    else if (kind === CLOSING) open--
    if (++tokens > bounds.tokens) return 'tokens'
    if (open > bounds.brackets) return 'brackets'
  }
  return null
}

function endOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at
    at++
  }
  return at
}

/** End of a name or a number; the sign of an exponent begins a token of its own here. */
function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    // The point of a fraction has a digit after it; the three of a spread have none.
    const isPoint = code === DOT && KINDS[text.charCodeAt(at + 1)] === WORD
    if (!isPoint && KINDS[code] !== WORD) return at
    at++
  }
  return at
}

/** @param from position after the opening quote. */
function endOfString(text: string, from: number): number {
  if (text.startsWith('""', from)) return endOfBlock(text, from + 2)
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    // A string ends at the latest at the end of its line, as in a lexer.
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at
    at += code === BACKSLASH ? 2 : 1
  }
  return at
}

function endOfBlock(text: string, from: number): number {
  let end = text.indexOf('"""', from)
  while (end > from && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf('"""', end + 3)
  return end < 0 ? text.length : end + 3
}
