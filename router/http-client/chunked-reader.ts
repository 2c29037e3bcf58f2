// Tested in response-parser.test.ts: the test parses whole responses.

import type { BodyCollector } from './body-collector.ts'
import { FetchFailure } from './fetch-failure.ts'

/** Reads the chunked transfer coding (RFC 9112, section 7.1). Extensions and trailers are skipped. */
export type ChunkedReader = {
  begin(maxBytes: number): void
  /** @returns the end of the body, or -1 if it continues. @throws FetchFailure */
  feed(bytes: Buffer, from: number): number
}

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | Trailer
type Trailer = 'line' | 'trailer' | 'trailer-lf' | 'last-lf'

const [CR, LF, TAB, SPACE, SEMICOLON, DEL] = [0x0d, 0x0a, 0x09, 0x20, 0x3b, 0x7f]
/**
 * Maximum number of hexadecimal digits of a chunk's size: enough for any limit, and few enough to be exact.
 */
const MAX_DIGITS = 10
/** Bytes of all chunk extensions and trailers together. */
const MAX_IGNORED = 16_384

export function chunkedReader(body: BodyCollector): ChunkedReader {
  let state: State = 'size'
  let size = 0
  let digits = 0
  let ignored = 0
  let free = 0

  /** Bytes after the size, one at a time: a read can end within a line break. */
  const step = (byte: number): State | 'end' => {
    switch (state) {
      case 'size': {
        if (digits > 0 && byte === CR) return 'size-lf'
        if (digits > 0 && (byte === SEMICOLON || byte === SPACE || byte === TAB)) return 'extension'
        size = size * 16 + digitOf(byte)
        if (++digits > MAX_DIGITS) throw broken()
        return 'size'
      }
      case 'extension':
        return byte === CR ? 'size-lf' : ignore(byte)
      case 'size-lf':
        expect(byte, LF)
        if (size > free) throw new FetchFailure('too-large', 'the body exceeds its limit')
        free -= size
        return size === 0 ? 'line' : 'data'
      case 'data-cr':
        expect(byte, CR)
        return 'data-lf'
      case 'data-lf':
        expect(byte, LF)
        digits = 0
        return 'size'
      case 'line':
        if (byte === CR) return 'last-lf'
        state = 'trailer'
        return ignore(byte)
      case 'trailer':
        return byte === CR ? 'trailer-lf' : ignore(byte)
      case 'trailer-lf':
        expect(byte, LF)
        return 'line'
      case 'last-lf':
        expect(byte, LF)
        return 'end'
      case 'data':
        return 'data'
    }
  }
  const ignore = (byte: number): State => {
    if ((byte < SPACE && byte !== TAB) || byte === DEL || ++ignored > MAX_IGNORED) throw broken()
    return state
  }
  return {
    begin(maxBytes) {
      state = 'size'
      size = digits = ignored = 0
      free = maxBytes
    },
    feed(bytes, from) {
      let at = from
      while (at < bytes.length) {
        if (state === 'data') {
          const to = Math.min(at + size, bytes.length)
          body.add(bytes, at, to)
          size -= to - at
          at = to
          if (size === 0) state = 'data-cr'
        } else {
          const next = step(bytes[at++] ?? 0)
          if (next === 'end') return at
          state = next
        }
      }
      return -1
    },
  }
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  if (letter < 0x61 || letter > 0x66) throw broken()
  return letter - 0x57
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw broken()
}

function broken(): FetchFailure {
  return new FetchFailure('broken', 'the chunks of the body are malformed')
}
