import { z } from 'zod'

// Scripts in which a joiner changes how letters connect (Unicode 17, section 23.2), and so is text.
const JOINING = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Nko',
  'Mandaic',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
const JOINING_LETTER = JOINING.map((script) => `\\p{Script_Extensions=${script}}`).join('')

/**
 * Invisible characters in the places where they are part of what is seen: the joiner of an emoji sequence, of connected
 * letters, the selector after the character that it gives a form, and the tags of the three flags that have any.
 */
const ALLOWED_INVISIBLE = new RegExp(
  [
    '(?<=\\p{Extended_Pictographic}[\\uFE0F\\p{Emoji_Modifier}]?)\\u200D(?=\\p{Extended_Pictographic})',
    '(?<=(?![0-9#*])\\p{Emoji})[\\uFE0E\\uFE0F]',
    '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
    `(?<=[${JOINING_LETTER}])(?<=[\\p{L}\\p{M}])[\\u200C\\u200D](?=[${JOINING_LETTER}])(?=[\\p{L}\\p{M}])`,
    // Without a letter behind it a joiner shows after a mark only: a virama.
    `(?<=[${JOINING_LETTER}])(?<=\\p{Mn})\\u200D(?![\\u200C\\u200D])`,
    '(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
    '(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]',
    '(?<=\\u{1F3F4})\\u{E0067}\\u{E0062}(?:\\u{E0065}\\u{E006E}\\u{E0067}|\\u{E0073}\\u{E0063}\\u{E0074}|\\u{E0077}\\u{E006C}\\u{E0073})\\u{E007F}',
    // Signs that span the digits behind them: of class Cf, but seen.
    '[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}]',
  ].join('|'),
  'gu',
)

/**
 * Not for text that people read: controls and format characters (among them those that turn the direction of writing),
 * whatever is drawn as nothing (Unicode's Default_Ignorable_Code_Point; the blanks U+2800, U+FFFC, U+1D159), separators
 * of lines and paragraphs, private and non-characters.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}]/u
const LINE_BREAKS = /[\n\t]/g
/** Spaces and marks alone show as nothing. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
/** More marks on one character than any script writes run over the lines around it. */
const STACKED_MARKS = /\p{M}{6}/u
/** A mark at the start of a line, or behind a space, is drawn over what stands before it. */
const LOOSE_MARK = /(?:^|[ \n\t])\p{M}/u

/** Whether a text shows all that it holds, and nothing around it changes by it. NFC is assumed. */
function isReadable(value: string, isMultiline: boolean): boolean {
  if (!value.isWellFormed() || STACKED_MARKS.test(value) || LOOSE_MARK.test(value)) return false
  const seen = value.replace(ALLOWED_INVISIBLE, '')
  return !HIDDEN.test(isMultiline ? seen.replace(LINE_BREAKS, '') : seen)
}

/** The length of a text as every limit of the graph counts it: Unicode code points, of NFC. */
export function charactersOf(value: string): number {
  let count = 0
  for (const _ of value) count++
  return count
}

type Form = { readonly max: number; readonly isMultiline: boolean; readonly isOptional: boolean }

function faultOf(value: string, { max, isMultiline, isOptional }: Form): string | null {
  if (value === '') return isOptional ? null : 'at least 1 character'
  // UTF-16 units are at most twice the characters: a flood is refused before it is looked at.
  if (value.length > 2 * max || charactersOf(value) > max) return `at most ${max} characters`
  if (isReadable(value, isMultiline) && VISIBLE.test(value)) return null
  return isMultiline ? READABLE_LINES : READABLE_LINE
}

const READABLE = 'readable text without invisible or direction-changing characters'
const READABLE_LINE = `one line of ${READABLE}`
const READABLE_LINES = `lines of ${READABLE}`

function textSchema(form: Form) {
  const written = z.string().transform((value) => {
    const text = form.isMultiline ? value.replace(/\r\n?/g, '\n') : value
    // Composing a flood costs time; what is too long stays so.
    return text.length > 8 * form.max + 1_000 ? text : text.trim().normalize('NFC')
  })
  return written.superRefine((value, context) => {
    const message = faultOf(value, form)
    if (message !== null) context.addIssue({ code: 'custom', message, input: value })
  })
}

/** One line that one person writes and another reads: trimmed, in NFC, 1 to `max` characters (`charactersOf`). */
export function lineOfText(max: number) {
  return textSchema({ max, isMultiline: false, isOptional: false })
}

/** As `lineOfText`, but blank text becomes null. */
export function maybeLineOfText(max: number) {
  return textSchema({ max, isMultiline: false, isOptional: true }).transform((value) => value || null)
}

/** As `lineOfText`, with line breaks (`\n`, as which `\r\n` is kept) and tabs. */
export function linesOfText(max: number) {
  return textSchema({ max, isMultiline: true, isOptional: false })
}

/** As `linesOfText`, but blank text becomes null. */
export function maybeLinesOfText(max: number) {
  return textSchema({ max, isMultiline: true, isOptional: true }).transform((value) => value || null)
}
