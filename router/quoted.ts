import { shortened } from './shortened.ts'

/** Maximum number of characters of a value in a message. */
const MAX_LENGTH = 100
/** Control, format (reversing ones among them), private and unassigned characters, and separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu

/**
 * A value from outside in the form in which messages show it, as JSON: a text in quotes, on one line, without
 * control characters and invisible ones, at most 100 characters of it.
 */
export function quoted(value: unknown): string {
  const json =
    typeof value === 'string' ? JSON.stringify(shortened(value, MAX_LENGTH)) : JSON.stringify(value)
  return oneLine(typeof value === 'string' ? json : shortened(json ?? String(value), MAX_LENGTH))
}

/** A name from outside in a message: unchanged if it is plain, otherwise quoted. */
export function shownName(name: PropertyKey): string {
  const text = String(name)
  return /^[\w.:/@-]{1,100}$/.test(text) ? text : quoted(text)
}

/** A message with texts from outside, on one line: invisible characters are escaped. */
export function oneLine(message: string): string {
  return message.replace(UNSEEN, escaped)
}

/** A message of several lines for a terminal: escaped as by `oneLine`, except line breaks and tabs. */
export function visible(message: string): string {
  return message.replace(UNSEEN, (character) => (/[\n\t]/.test(character) ? character : escaped(character)))
}

/** One problem of a file: its place, in dotted names, and the problem. */
export function problemAt(path: readonly PropertyKey[], message: string): string {
  return `${path.map(shownName).join('.') || 'the file'}: ${oneLine(message)}`
}

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return units.map((unit) => `\\u${unit}`).join('')
}
