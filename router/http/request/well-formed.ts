/** A surrogate as JSON can escape it; in UTF-8 there is no other way to write one. */
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/

/**
 * Whether a string or a member name in `value` is not well-formed Unicode. Encoded, each lone surrogate becomes U+FFFD,
 * so that two different texts have the same hash and the same bytes.
 * @param text the JSON of `value`: one search in it spares the walk for all but a few.
 */
export function hasLoneSurrogate(text: string, value: unknown): boolean {
  if (!ESCAPED_SURROGATE.test(text)) return false
  // An explicit stack, since JSON may be nested deeper than the call stack.
  const left: unknown[] = [value]
  while (left.length > 0) {
    const part = left.pop()
    if (typeof part === 'string') {
      if (!part.isWellFormed()) return true
    } else if (typeof part === 'object' && part !== null) {
      for (const [name, member] of Object.entries(part)) left.push(name, member)
    }
  }
  return false
}
