// Tested in response-parser.test.ts: the test parses whole responses.

import { FetchFailure } from './fetch-failure.ts'

/** Parsed status line and headers (RFC 9112, sections 4 to 6 and 9). */
export type ResponseHead = {
  readonly status: number
  /** Without a prototype. Names are lower-case; a name that occurs more than once has a list. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Bytes of the body, or how its end is determined. */
  readonly length: number | 'chunked' | 'until-close'
  /** Milliseconds for which the connection may idle afterwards; 0: it must not be used again. */
  readonly idleMs: number
}

const STATUS_LINE = /HTTP\/1\.(\d) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y
// A line that begins with a space (obs-fold) is no field.
const FIELDS = /(?:[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*/y
const LENGTH = /^\d{1,15}$/
const TIMEOUT = /(?:^|[\s,;])timeout=(\d{1,9})(?![\w.])/i

/** Idle time of connections unless the server states one. Servers keep connections for longer. */
const IDLE_MS = 4_000
/** Maximum time for which a connection idles, whatever the server says. */
const MAX_IDLE_MS = 600_000
/** Milliseconds before the server's own keep-alive time-out at which a connection is closed, so that no request meets a closed one. */
const MARGIN_MS = 1_000

/**
 * @param text from the status line to the line break of the last header.
 * @throws FetchFailure
 */
export function readHead(text: string): ResponseHead {
  STATUS_LINE.lastIndex = 0
  const [line = '', minor, code] = STATUS_LINE.exec(text) ?? []
  if (line === '') throw new FetchFailure('broken', 'not an HTTP/1.1 status line')
  const headers = readFields(text, line.length)
  const status = Number(code)
  const is10 = minor === '0'
  return { status, headers, length: lengthOf(status, headers, is10), idleMs: idleMsOf(headers, is10) }
}

function readFields(text: string, start: number): ResponseHead['headers'] {
  FIELDS.lastIndex = start
  FIELDS.test(text)
  if (FIELDS.lastIndex !== text.length) throw new FetchFailure('broken', 'a header line is malformed')
  const headers: Record<string, string | string[]> = Object.create(null)
  for (let at = start; at < text.length; ) {
    const colon = text.indexOf(':', at)
    const end = text.indexOf('\r\n', colon)
    const name = text.slice(at, colon).toLowerCase()
    const value = trimmed(text, colon + 1, end)
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else if (typeof known === 'string') headers[name] = [known, value]
    else known.push(value)
    at = end + 2
  }
  return headers
}

/** Without spaces and tabs around it; `trim` would take others too. */
function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to]
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/**
 * The elements of a comma-separated value (RFC 9110, section 5.6.1), in linear time: a regular expression that takes
 * spaces on both sides of a comma is quadratic in a run of spaces.
 */
function listOf(value: string): readonly string[] {
  return value.split(',').map((element) => trimmed(element, 0, element.length))
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function lengthOf(status: number, headers: ResponseHead['headers'], is10: boolean): ResponseHead['length'] {
  const coding = headers['transfer-encoding']
  const sent = headers['content-length']
  if (status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) {
    // Both headers, or another coding than `chunked`: two readers could disagree about the end of the body.
    const isChunked = sent === undefined && !is10 && String(coding).toLowerCase() === 'chunked'
    if (!isChunked) throw new FetchFailure('broken', 'the transfer-encoding is ambiguous')
    return 'chunked'
  }
  if (sent === undefined) return 'until-close'
  if (typeof sent === 'string' && LENGTH.test(sent)) return Number(sent)
  const lengths = new Set([sent].flat().flatMap(listOf))
  const [only = ''] = lengths
  if (lengths.size !== 1 || !LENGTH.test(only))
    throw new FetchFailure('broken', 'the content-length is not a number')
  return Number(only)
}

function idleMsOf(headers: ResponseHead['headers'], is10: boolean): number {
  const { connection } = headers
  if (is10 || (connection !== undefined && connection !== 'keep-alive')) {
    const options = listOf(String(connection).toLowerCase())
    if (options.includes('close') || (is10 && !options.includes('keep-alive'))) return 0
  }
  const seconds = TIMEOUT.exec(String(headers['keep-alive'] ?? ''))?.[1]
  if (seconds === undefined) return IDLE_MS
  return Math.max(0, Math.min(Number(seconds) * 1_000 - MARGIN_MS, MAX_IDLE_MS))
}
