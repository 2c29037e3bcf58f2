/** The first characters of a text, none of them cut in half. */
export function firstOf(text: string, count: number): string {
  // A character has at most two UTF-16 units, so that a very long text costs no more than its beginning.
  return [...text.slice(0, 2 * count)].slice(0, count).join('')
}
