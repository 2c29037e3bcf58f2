import { bodyCollector } from './body-collector.ts'
import { chunkedReader } from './chunked-reader.ts'
import { FetchFailure } from './fetch-failure.ts'
import type { HttpAnswer } from './http-answer.ts'
import { type ResponseHead, readHead } from './response-head.ts'

/** Reads the answers of one connection in order, however their bytes are split. */
export type ResponseParser = {
  /**
   * Expects an answer whose body has at most this many bytes.
   * @param expected the likely body; null if there is none.
   */
  begin(maxBytes: number, expected: Buffer | null): void
  /** @param bytes are used during the call only. @throws FetchFailure */
  feed(bytes: Buffer): Parsed | null
  /** The server has ended the connection. @throws FetchFailure if the answer is not complete. */
  end(): Parsed
}

export type Parsed = {
  readonly answer: HttpAnswer
  /** Milliseconds for which the connection may idle now; 0: it must not be used again. */
  readonly idleMs: number
}

const HEAD_END = '\r\n\r\n'
const BEGINNING = 'HTTP/1.'
/** Maximum size of the head in bytes, interim ones (1xx) included. */
const MAX_HEAD = 65_536

export function responseParser(): ResponseParser {
  const body = bodyCollector()
  const chunks = chunkedReader(body)
  let limit = 0
  let likely: Buffer | null = null
  /** Bytes of an incomplete head. */
  let held = ''
  /** The last bytes before, in which the end of the head may begin. */
  let seam = ''
  let headBytes = 0
  let head: ResponseHead | null = null
  /** Bytes that may still come: of the body by its length, or until the limit. */
  let left = 0

  /** @returns the beginning of the body, or -1. */
  const takeHead = (bytes: Buffer, from: number): number => {
    const end = held === '' ? bytes.indexOf(HEAD_END, from, 'latin1') : -1
    const read = bytes.toString('latin1', from, end < 0 ? bytes.length : end + HEAD_END.length)
    // Only the boundary between two reads is scanned twice, so that a head that arrives byte by byte takes
    // linear time.
    const found = (seam + read).indexOf(HEAD_END)
    const size = found < 0 ? read.length : found + HEAD_END.length - seam.length
    if (headBytes + held.length + size > MAX_HEAD)
      throw new FetchFailure('broken', `the head exceeds ${MAX_HEAD} bytes`)
    if (found < 0) {
      const isBegun = held.length >= BEGINNING.length || mayBegin(held + read)
      if (!isBegun) throw new FetchFailure('broken', 'not an HTTP/1.1 status line')
      held += read
      seam = (seam + read).slice(1 - HEAD_END.length)
      return -1
    }
    const text = held + read.slice(0, size)
    held = seam = ''
    headBytes += text.length
    head = readHead(text.slice(0, 2 - HEAD_END.length))
    return from + size
  }
  const beginBody = ({ length, headers }: ResponseHead) => {
    if (length === 'chunked') chunks.begin(limit)
    left = typeof length === 'number' ? length : limit
    if (left > limit) throw tooLarge(limit)
    body.begin(typeof length === 'number' ? length : 0, isPlain(headers) ? likely : null)
  }
  /** @returns the end of the body, or -1. */
  const takeBody = (bytes: Buffer, from: number, { length }: ResponseHead): number => {
    if (length === 'chunked') return chunks.feed(bytes, from)
    const to = Math.min(bytes.length, from + left)
    if (length === 'until-close' && to < bytes.length) throw tooLarge(limit)
    body.add(bytes, from, to)
    left -= to - from
    return left === 0 && length !== 'until-close' ? to : -1
  }
  const answerOf = ({ status, headers }: ResponseHead): HttpAnswer => {
    head = null
    return { status, headers, body: isPlain(headers) ? body.content() : body.bytes() }
  }
  return {
    begin(maxBytes, expected) {
      limit = maxBytes
      likely = expected
      held = seam = ''
      headBytes = 0
      head = null
    },
    feed(bytes) {
      let at = 0
      while (!head) {
        at = takeHead(bytes, at)
        if (at < 0) return null
        const taken = head as ResponseHead | null
        if (!taken) return null
        if (taken.status === 101) throw new FetchFailure('broken', 'the server changed the protocol')
        if (taken.status < 200) head = null
        else beginBody(taken)
      }
      const { idleMs } = head
      const end = takeBody(bytes, at, head)
      if (end >= 0) return { answer: answerOf(head), idleMs: end === bytes.length ? idleMs : 0 }
      body.keep()
      return null
    },
    end() {
      if (head?.length !== 'until-close')
        throw new FetchFailure('broken', 'the server closed the connection before the end of its answer')
      return { answer: answerOf(head), idleMs: 0 }
    },
  }
}

function mayBegin(text: string): boolean {
  return text.startsWith(BEGINNING.slice(0, text.length))
}

function isPlain(headers: ResponseHead['headers']): boolean {
  return headers['content-encoding'] === undefined
}

function tooLarge(maxBytes: number): FetchFailure {
  return new FetchFailure('too-large', `the body exceeds ${maxBytes} bytes`)
}
