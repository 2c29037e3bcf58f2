import type { Exchange } from './connection.ts'
import { FetchFailure } from './fetch-failure.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { OriginPool } from './origin-pool.ts'
import { requestOf } from './request.ts'

type Post = {
  /** The request up to its last header, as `requestStart` and `headerLine` write it. */
  readonly head: string
  readonly body: string | null
  /** Bytes of `body`; a longer one is not sent. */
  readonly maxRequestBytes?: number
  /** Milliseconds from now until the answer must be complete. */
  readonly timeMs: number
  /** Bytes of body; a longer one is abandoned as soon as it shows. */
  readonly maxBytes: number
  /** Expected body of the response. An equal one is neither copied nor decoded. */
  readonly expected?: Buffer | null
  /** Abandons the exchange. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One exchange over a pool. Redirects are not followed, and nothing is retried.
 * @throws FetchFailure, and nothing else.
 */
export function post(
  pool: OriginPool,
  { head, body, maxRequestBytes = Number.POSITIVE_INFINITY, timeMs, maxBytes, expected = null, signal }: Post,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled())
    if (body !== null && isLonger(body, maxRequestBytes)) return reject(tooLarge(maxRequestBytes))
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
    const exchange: Exchange = {
      request: requestOf(head, body),
      maxBytes,
      expected,
      connection: null,
      answered(answer) {
        settle()
        resolve(answer)
      },
      failed(error) {
        settle()
        reject(failureOf(error))
      },
    }
    const give = (failure: FetchFailure) => {
      pool.abandon(exchange)
      exchange.failed(failure)
    }
    const cancel = () => give(cancelled())
    const timer = setTimeout(() => give(new FetchFailure('timeout', `no answer in ${timeMs} ms`)), timeMs)
    signal?.addEventListener('abort', cancel)
    pool.begin(exchange)
  })
}

/** Most bodies need no count, since a character has at most three bytes in UTF-8. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes
}

function tooLarge(bytes: number): FetchFailure {
  return new FetchFailure('request-too-large', `not sent: more than ${bytes} bytes`)
}

function cancelled(): FetchFailure {
  return new FetchFailure('cancelled', 'the request was abandoned')
}

/** Codes of Node for a failure to connect. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
])

function failureOf(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error
  const { code = '', message = String(error) } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return new FetchFailure(UNREACHABLE.has(code) ? 'unreachable' : 'broken', `${code} ${message}`.trim())
}
