import { shortened } from './shortened.ts'

const LONGEST = 100
/** Control, format (reversing ones among them) and unassigned characters, and separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu

/**
 * A text from outside as a message may show it: in quotes, on one line, without characters that a terminal obeys or
 * nobody sees, at most 100 characters of it.
 */
export function quoted(text: unknown): string {
  return JSON.stringify(shortened(String(text), LONGEST)).replace(UNSEEN, escaped)
}

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return units.map((unit) => `\\u${unit}`).join('')
}
