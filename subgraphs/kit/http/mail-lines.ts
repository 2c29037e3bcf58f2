/** Lines that every e-mail may have. */
const FREE_LINES = 10_000
/** One line more for this many bytes: a line of base64 has 76 characters and its end (RFC 2045). */
const BYTES_OF_A_LINE = 72

const LINE_FEED = 0x0a

/** Maximum number of lines of an e-mail of this size. */
export function mostLines(bytes: number): number {
  return FREE_LINES + Math.floor(bytes / BYTES_OF_A_LINE)
}

/**
 * Why an e-mail is not to be parsed; null: it may be. postal-mime keeps an object for each line of a text, so that a million empty lines
 * take 19 s and 1.8 GB.
 */
export function surplusOfLines(message: Uint8Array): string | null {
  let lines = 1
  for (let at = message.indexOf(LINE_FEED); at >= 0; at = message.indexOf(LINE_FEED, at + 1)) lines += 1
  const most = mostLines(message.byteLength)
  return lines > most
    ? `it has ${lines} lines: allowed for its ${message.byteLength} bytes are ${most} at most`
    : null
}
