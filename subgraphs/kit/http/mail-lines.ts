/** Lines that every e-mail may have, whatever its size. */
const FREE_LINES = 10_000
/**
 * Number of bytes for which one further line is allowed: a line of base64 has 76 characters and its end (RFC
 * 2045).
 */
const BYTES_OF_A_LINE = 72

const LINE_FEED = 0x0a

/** Maximum number of lines of an e-mail of this size. */
export function maxLines(bytes: number): number {
  return FREE_LINES + Math.floor(bytes / BYTES_OF_A_LINE)
}

/**
 * The reason why an e-mail has too many lines to be parsed; null if it may be parsed. postal-mime allocates
 * an object for each line of a text, so that a million empty lines take 19 s and 1.8 GB.
 */
export function tooManyLines(message: Uint8Array): string | null {
  let lines = 1
  for (let at = message.indexOf(LINE_FEED); at >= 0; at = message.indexOf(LINE_FEED, at + 1)) lines += 1
  const most = maxLines(message.byteLength)
  return lines > most
    ? `it has ${lines} lines: allowed for its ${message.byteLength} bytes are ${most} at most`
    : null
}
