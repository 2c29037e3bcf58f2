/**
 * A text of at most `length` characters (UTF-16 code units); a longer one is cut and ends with an ellipsis.
 * Messages repeat texts of clients, so answers must not grow with them.
 */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 2)
  // No half of a surrogate pair is left.
  const isHalf = last >= 0xd800 && last <= 0xdbff
  const start = text.slice(0, length - (isHalf ? 2 : 1))
  // A copy, since V8 keeps the whole text alive for a slice of it.
  return `${Buffer.from(start, 'utf16le').toString('utf16le')}…`
}
