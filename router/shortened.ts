/**
 * A text of at most `length` characters (UTF-16 code units): a longer one ends with an ellipsis. Messages echo what a client
 * sent; an answer must not grow with it.
 */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 2)
  // No half of a surrogate pair is left.
  const isHalf = last >= 0xd800 && last <= 0xdbff
  const start = text.slice(0, length - (isHalf ? 2 : 1))
  // A copy: V8 keeps the whole text for a slice of it.
  return `${Buffer.from(start, 'utf16le').toString('utf16le')}…`
}
