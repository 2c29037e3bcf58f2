// Tested in response-parser.test.ts: the test parses whole responses.

/** Collects a body from a buffer that is read into repeatedly. */
export type BodyCollector = {
  /**
   * @param length bytes of the body if known, else 0.
   * @param expected the likely body: it is compared as bytes arrive, and copied only if the body differs.
   */
  begin(length: number, expected: Buffer | null): void
  add(bytes: Buffer, from: number, to: number): void
  /** Copies the bytes that are still in the reader's buffer, before it is read into again. */
  keep(): void
  /** The decoded text, or `expected` itself if the body equals it. */
  content(): string | Buffer
  /** A copy of its own. */
  bytes(): Buffer
}

const NOTHING = Buffer.alloc(0)
/** Minimum size of the store in bytes. */
const MIN_SIZE = 4_096
/** Number of bytes below which bytes are copied one by one. */
const SHORT = 16
/** Maximum size in bytes of a store that is kept for the next body. */
const MAX_KEPT = 65_536

/** A body that arrives in one read is decoded in the reader's buffer. Any other is copied together first. */
export function bodyCollector(): BodyCollector {
  let expected = 0
  let store = NOTHING
  let filled = 0
  // The expected body. Its first `same` bytes are those received so far.
  let likely: Buffer | null = null
  let same = 0
  // The first piece, until there is another or the reader's buffer is needed.
  let piece: Buffer | null = null

  const append = (bytes: Buffer, from: number, to: number) => {
    const size = filled + to - from
    if (size > store.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(expected, size * 2, MIN_SIZE))
      store.copy(larger, 0, 0, filled)
      store = larger
    }
    // A body may come in chunks of one byte: a call for each would cost ten times as much.
    if (to - from < SHORT) for (let at = from; at < to; at++) store[filled++] = bytes[at] ?? 0
    else bytes.copy(store, filled, from, to)
    filled = size
  }
  const keep = () => {
    if (!piece) return
    append(piece, 0, piece.length)
    piece = null
  }
  const goesOnAs = (whole: Buffer, bytes: Buffer, from: number, to: number) =>
    to - from <= whole.length - same && bytes.compare(whole, same, same + to - from, from, to) === 0
  /** The body differs from the expected one, whose bytes so far are its beginning. */
  const forgo = (whole: Buffer) => {
    likely = null
    if (same > 0) append(whole, 0, same)
  }
  const take = () => {
    const whole = piece ?? store.subarray(0, filled)
    if (store.length > MAX_KEPT) store = NOTHING
    piece = null
    filled = 0
    return whole
  }
  return {
    begin(length, likeliest) {
      expected = length
      likely = length === 0 || length === likeliest?.length ? likeliest : null
      same = 0
      piece = null
      filled = 0
    },
    add(bytes, from, to) {
      if (from === to) return
      if (likely) {
        if (goesOnAs(likely, bytes, from, to)) {
          same += to - from
          return
        }
        forgo(likely)
      }
      if (!piece && filled === 0) {
        piece = bytes.subarray(from, to)
        return
      }
      keep()
      append(bytes, from, to)
    },
    keep,
    content() {
      if (likely?.length === same) return likely
      if (likely) forgo(likely)
      return take().toString()
    },
    bytes: () => Buffer.from(take()),
  }
}
