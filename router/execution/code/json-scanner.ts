/**
 * Reads JSON text of which one expects to know what comes next, and leaves values as the text they are. Whatever is not
 * as expected is thrown as MISMATCH: then JSON.parse decides. Of 57 KB, this takes 0.12 ms where JSON.parse takes 0.27.
 *
 * One text at a time, from `begin` to `end`, in one turn of the event loop.
 */
let text = ''
let at = 0
/** Position of the next backslash from `at` on, or -1. */
let nextEscape = -1

/** Thrown where a text is not as expected; carries nothing. */
export const MISMATCH = new Error('the text is not as expected')

export function mismatch(): never {
  throw MISMATCH
}

export function begin(source: string): void {
  // Servers end their answers with a line break as often as not.
  const isEnded = source.charCodeAt(source.length - 1) === LINE_FEED
  text = isEnded ? source.slice(0, -1) : source
  at = 0
  nextEscape = text.indexOf('\\')
  if (CONTROL.test(text)) mismatch()
}

/** Nothing may be left. */
export function end(): void {
  if (at !== text.length) mismatch()
  // Slices already read hold the text. The scanner need not.
  text = ''
}

export function expect(literal: string): void {
  if (!text.startsWith(literal, at)) mismatch()
  at += literal.length
}

/** Whether null comes next, which is then passed. */
export function isNull(): boolean {
  if (text.charCodeAt(at) !== LETTER_N) return false
  expect('null')
  return true
}

/** Passes what opens a list. @returns whether it has elements; one that has none is passed whole. */
export function opens(): boolean {
  if (text.charCodeAt(at) !== OPENING_BRACKET) mismatch()
  if (text.charCodeAt(++at) !== CLOSING_BRACKET) return true
  at++
  return false
}

/** Passes what comes after an element. @returns whether another one follows. */
export function goesOn(): boolean {
  const next = text.charCodeAt(at++)
  if (next === COMMA) return true
  if (next !== CLOSING_BRACKET) mismatch()
  return false
}

export function here(): number {
  return at
}

/** Text from a position that `here` returned to the current one. */
export function since(from: number): string {
  return text.slice(from, at)
}

/** Passes a string. @returns it with its quotes, escaped as it is. */
export function string(): string {
  const from = at
  if (text.charCodeAt(from) !== QUOTE) mismatch()
  let last = text.indexOf('"', from + 1)
  if (nextEscape !== -1 && nextEscape < last) last = escapedEnd(from)
  if (last < 0) mismatch()
  at = last + 1
  return text.slice(from, at)
}

/** Where a string with escapes ends, which must be such as JSON knows. */
function escapedEnd(from: number): number {
  let last = text.indexOf('"', from + 1)
  while (last >= 0 && isEscaped(last)) last = text.indexOf('"', last + 1)
  if (last < 0) mismatch()
  nextEscape = text.indexOf('\\', last)
  try {
    JSON.parse(text.slice(from, last + 1))
  } catch {
    mismatch()
  }
  return last
}

function isEscaped(quote: number): boolean {
  let before = quote - 1
  while (text.charCodeAt(before) === BACKSLASH) before--
  return (quote - before) % 2 === 0
}

/** An Int of at most nine digits: ten may be too large. */
export function int(): string {
  const from = at
  if (text.charCodeAt(at) === MINUS) at++
  const first = at
  while (isDigit(text.charCodeAt(at))) at++
  const digits = at - first
  // `-0` is written as 0.
  const isOddZero = text.charCodeAt(first) === ZERO && (digits > 1 || first > from)
  if (digits === 0 || digits > 9 || isOddZero) mismatch()
  return text.slice(from, at)
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

export function float(): string {
  const from = at
  NUMBER.lastIndex = at
  if (!NUMBER.test(text)) mismatch()
  at = NUMBER.lastIndex
  const number = text.slice(from, at)
  return Number.isFinite(Number(number)) ? number : mismatch()
}

export function boolean(): string {
  const literal = text.charCodeAt(at) === LETTER_T ? 'true' : 'false'
  expect(literal)
  return literal
}

/** A value of a custom scalar: a string, a number or a Boolean. */
export function scalar(): string {
  const next = text.charCodeAt(at)
  if (next === QUOTE) return string()
  return next === LETTER_T || next === LETTER_F ? boolean() : float()
}

/** @param names with their quotes. */
export function oneOf(names: ReadonlySet<string>): string {
  const name = string()
  return names.has(name) ? name : mismatch()
}

const LINE_FEED = 10
const QUOTE = 34
const COMMA = 44
const MINUS = 45
const ZERO = 48
const OPENING_BRACKET = 91
const BACKSLASH = 92
const CLOSING_BRACKET = 93
const LETTER_F = 102
const LETTER_N = 110
const LETTER_T = 116

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON must escape
const CONTROL = /[\u0000-\u001f]/

/** The name of the type that the object ahead begins with, which is not passed. */
export function typenameAhead(): string {
  if (!text.startsWith(TYPENAME, at)) mismatch()
  const from = at + TYPENAME.length
  const last = text.indexOf('"', from)
  return last < 0 ? mismatch() : text.slice(from, last)
}
const TYPENAME = '{"__typename":"'
