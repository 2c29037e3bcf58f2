// Tested in response-parser.test.ts: a body is part of a response.

/** Gathers a body out of a buffer that is read into again and again. */
export type BodyCollector = {
  /**
   * @param length bytes of the body where it is known, else 0.
   * @param expected what the body is likely to be: compared as it comes, and copied only where it turns out to differ.
   */
  begin(length: number, expected: Buffer | null): void
  add(bytes: Buffer, from: number, to: number): void
  /** Copies what still lies in the reader's buffer: it is about to be read into. */
  keep(): void
  /** Decoded; or `expected` itself, where it came. */
  content(): string | Buffer
  /** A copy of its own. */
  bytes(): Buffer
}

const NOTHING = Buffer.alloc(0)
/** Least bytes of the store. */
const LEAST = 4_096
/** Fewer bytes are copied one by one. */
const SHORT = 16
/** A larger store is not kept for the next body. */
const LARGEST_KEPT = 65_536

/** A body that came in one read is decoded where it lies, any other is copied together first. */
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
      const larger = Buffer.allocUnsafeSlow(Math.max(expected, size * 2, LEAST))
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
  /** It differs from what was likely: what was the same so far is its beginning. */
  const forgo = (whole: Buffer) => {
    likely = null
    if (same > 0) append(whole, 0, same)
  }
  const take = () => {
    const whole = piece ?? store.subarray(0, filled)
    if (store.length > LARGEST_KEPT) store = NOTHING
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
