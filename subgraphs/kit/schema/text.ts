import { z } from 'zod'

// Scripts in which a joiner changes how letters connect (Unicode 17, section 23.2), and is therefore text.
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
 * Invisible characters where they change what is seen: the joiner in an emoji sequence or between connected
 * letters, the variation selector after its character, and the tags of the three flags that have any.
 */
const ALLOWED_INVISIBLE = new RegExp(
  [
    '(?<=\\p{Extended_Pictographic}[\\uFE0F\\p{Emoji_Modifier}]?)\\u200D(?=\\p{Extended_Pictographic})',
    '(?<=(?![0-9#*])\\p{Emoji})[\\uFE0E\\uFE0F]',
    '(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
    `(?<=[${JOINING_LETTER}])(?<=[\\p{L}\\p{M}])[\\u200C\\u200D](?=[${JOINING_LETTER}])(?=[\\p{L}\\p{M}])`,
    // Unless a letter follows, a joiner is visible only after a mark: a virama.
    `(?<=[${JOINING_LETTER}])(?<=\\p{Mn})\\u200D(?![\\u200C\\u200D])`,
    '(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
    '(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]',
    '(?<=\\u{1F3F4})\\u{E0067}\\u{E0062}(?:\\u{E0065}\\u{E006E}\\u{E0067}|\\u{E0073}\\u{E0063}\\u{E0074}|\\u{E0077}\\u{E006C}\\u{E0073})\\u{E007F}',
    // Signs that span the digits after them: of class Cf, but visible.
    '[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}]',
  ].join('|'),
  'gu',
)

/**
 * Characters that are refused in text for people: controls and format characters (including those that change
 * the direction of writing), invisible ones (Unicode's Default_Ignorable_Code_Point; the blanks U+2800,
 * U+FFFC, U+1D159), line and paragraph separators, private use and non-characters.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}]/u
const LINE_BREAKS = /[\n\t]/g
/** Spaces and marks alone are invisible. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
/** More marks on one character than any script uses; they would overlap the lines around it. */
const STACKED_MARKS = /\p{M}{6}/u
/** A mark at the start of a line or after a space is drawn over the character before it. */
const LOOSE_MARK = /(?:^|[ \n\t])\p{M}/u

/** Whether all of a text is visible and it does not affect the text around it. NFC is assumed. */
function isReadable(value: string, isMultiline: boolean): boolean {
  if (!value.isWellFormed() || STACKED_MARKS.test(value) || LOOSE_MARK.test(value)) return false
  const seen = value.replace(ALLOWED_INVISIBLE, '')
  return !HIDDEN.test(isMultiline ? seen.replace(LINE_BREAKS, '') : seen)
}

/** The length of a text for every limit of the graph: Unicode code points of its NFC form. */
export function charactersOf(value: string): number {
  let count = 0
  for (const _ of value) count++
  return count
}

/** The first characters of a text. A character is a code point, so no surrogate pair is cut. */
export function firstCharacters(value: string, most: number): string {
  // A character has at most two UTF-16 units.
  return [...value.slice(0, 2 * most)].slice(0, most).join('')
}

type Form = { readonly max: number; readonly isMultiline: boolean; readonly isOptional: boolean }

function faultOf(value: string, { max, isMultiline, isOptional }: Form): string | null {
  if (value === '') return isOptional ? null : 'at least 1 character'
  // A text has at most twice as many UTF-16 units as characters: refuse a very long text before examining it.
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
    // Composing a very long text costs time; it is refused anyway.
    return text.length > 8 * form.max + 1_000 ? text : text.trim().normalize('NFC')
  })
  return written.superRefine((value, context) => {
    const message = faultOf(value, form)
    if (message !== null) context.addIssue({ code: 'custom', message, input: value })
  })
}

/** A line of text from one person to another: trimmed, in NFC, 1 to `max` characters (`charactersOf`). */
export function lineOfText(max: number) {
  return textSchema({ max, isMultiline: false, isOptional: false })
}

/** As `lineOfText`, but blank text becomes null. */
export function maybeLineOfText(max: number) {
  return textSchema({ max, isMultiline: false, isOptional: true }).transform((value) => value || null)
}

/** As `lineOfText`, but line breaks (`\r\n` becomes `\n`) and tabs are allowed. */
export function linesOfText(max: number) {
  return textSchema({ max, isMultiline: true, isOptional: false })
}

/** As `linesOfText`, but blank text becomes null. */
export function maybeLinesOfText(max: number) {
  return textSchema({ max, isMultiline: true, isOptional: true }).transform((value) => value || null)
}

/** The schema of visible ASCII characters without spaces, such as a number or a secret. */
export const tokenOfText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest, { abort: true })
    .regex(/^[!-~]+$/, { error: 'letters, digits and signs without spaces' })
