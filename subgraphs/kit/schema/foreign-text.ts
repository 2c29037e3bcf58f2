/** Characters that no column or page shows: controls, format characters, lone surrogates, private use, line and paragraph separators. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\s]+/gu

/**
 * A text of another service, such as a carrier's, as one line of at most `max` characters: PostgreSQL refuses NUL and lone surrogates, and a
 * service may send any text. Text from a caller is refused instead: see `lineOfText`.
 */
export function foreignText(text: string, max: number): string {
  // A character has at most two UTF-16 units. The rest of a very long text is ignored.
  const line = text
    .slice(0, 8 * max)
    .replaceAll(UNSEEN, ' ')
    .normalize('NFC')
    .trim()
  return [...line].slice(0, max).join('').trim()
}
