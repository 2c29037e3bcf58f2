import { linesOfText } from '@argyle/kit/text'

/** Lines that introduce a quoted e-mail, as common mail programs write them. */
const INTRODUCTIONS: readonly RegExp[] = [
  /^On .{5,200} wrote:$/i,
  /^Am .{5,200} schrieb .{1,200}:$/i,
  /^Le .{5,200} a écrit ?:$/i,
  /^-{2,} ?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht) ?-{2,}$/i,
  /^_{20,}$/,
]
/** Matches a header of the quoted e-mail, as Outlook writes it. */
const HEADER = /^(?:From|Von): .{1,300}$/i
const NEXT_HEADER = /^(?:Sent|Date|To|Gesendet|Datum|An): .{1,300}$/i
const SIGNATURE = /^-- ?$/
/** Maximum number of lines of an e-mail that are read. */
const MAX_LINES = 2_000

const isQuoted = (line: string) => line.startsWith('>')

/** The index of the first line that is not the sender's own. */
function endOf(lines: readonly string[]): number {
  const found = lines.findIndex((line, index) => {
    if (SIGNATURE.test(line)) return true
    // An introduction may be broken into two lines.
    const both = `${line} ${lines[index + 1] ?? ''}`.trim()
    if (INTRODUCTIONS.some((form) => form.test(line.trim()) || form.test(both))) return true
    return HEADER.test(line) && NEXT_HEADER.test(lines[index + 1] ?? '')
  })
  return found < 0 ? lines.length : found
}

/**
 * The part of an answer that its sender has written: without quoted lines at its end, their introduction, and
 * the signature.
 */
export function ownText(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n').slice(0, MAX_LINES)
  const own = lines.slice(0, endOf(lines))
  while (own.length > 0 && (isQuoted(own.at(-1) ?? '') || own.at(-1)?.trim() === '')) own.pop()
  const kept = own.join('\n').trim()
  // An answer below the quotation begins with an introduction. In that case the whole text is kept.
  return kept === ''
    ? lines
        .filter((line) => !isQuoted(line))
        .join('\n')
        .trim()
    : kept
}

/** Characters that no text of the shop may have, except line breaks and tabs. */
const HIDDEN = /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800\uFFFC]/gu
const STACKED_MARKS = /\p{M}{4,}/gu
const LOOSE_MARKS = /(^|[ \n\t])\p{M}+/gu

/**
 * A text of an e-mail in the form of the shop's own texts: at most `max` characters, without hidden
 * characters. A longer one is cut.
 */
export function readable(text: string, max: number): string | null {
  const schema = linesOfText(max)
  const cut = (value: string) => {
    const all = [...value.slice(0, 4 * max)]
    return all.length > max
      ? `${all
          .slice(0, max - 1)
          .join('')
          .trimEnd()}…`
      : value
  }
  const plain = text.toWellFormed().replaceAll('\r\n', '\n').normalize('NFC')
  const whole = schema.safeParse(cut(plain.trim()))
  if (whole.success) return whole.data
  const cleaned = plain.replace(HIDDEN, '').replace(STACKED_MARKS, '').replace(LOOSE_MARKS, '$1')
  const rest = schema.safeParse(cut(cleaned.trim()))
  return rest.success ? rest.data : null
}
