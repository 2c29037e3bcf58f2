import type { Dispatcher } from 'undici'
import { FetchFailure } from './fetch-failure.ts'

/** An HTTP answer, read whole. Header names are lower-case. */
export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

type Post = {
  readonly origin: string
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly body: string | null
  /** Milliseconds from now until the answer must be complete. */
  readonly timeMs: number
  /** Bytes of body; a longer one is abandoned as soon as it shows. */
  readonly maxBytes: number
  /** Abandons the exchange. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One exchange over a pool, by undici's dispatch: no redirect is followed, nothing is retried, no stream is made.
 * @throws FetchFailure, and nothing else.
 */
export function post(pool: Dispatcher, { origin, path, method = 'POST', headers, body, ...limits }: Post) {
  return new Promise<HttpAnswer>((resolve, reject) => {
    const exchange = newExchange(limits, resolve, reject)
    try {
      pool.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, exchange)
    } catch (error) {
      exchange.onResponseError(null, error)
    }
  })
}

function newExchange(
  { timeMs, maxBytes, signal }: Pick<Post, 'timeMs' | 'maxBytes' | 'signal'>,
  resolve: (answer: HttpAnswer) => void,
  reject: (failure: FetchFailure) => void,
) {
  let controller: Dispatcher.DispatchController | null = null
  let failure: FetchFailure | null = null
  let status = 0
  let headers: HttpAnswer['headers'] = {}
  let size = 0
  const chunks: Buffer[] = []

  const settle = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
  const fail = (because: FetchFailure) => {
    if (failure) return
    failure = because
    settle()
    reject(because)
    controller?.abort(because)
  }
  const cancel = () => fail(new FetchFailure('cancelled', 'the request was abandoned'))
  const timer = setTimeout(() => fail(new FetchFailure('timeout', `no answer in ${timeMs} ms`)), timeMs)
  if (signal?.aborted) cancel()
  else signal?.addEventListener('abort', cancel)

  return {
    onRequestStart(started: Dispatcher.DispatchController) {
      controller = started
      if (failure) started.abort(failure)
    },
    onResponseStart(_: unknown, code: number, received: HttpAnswer['headers']) {
      status = code
      headers = received
      if (Number(received['content-length'] ?? 0) > maxBytes) fail(tooLarge(maxBytes))
    },
    onResponseData(_: unknown, chunk: Buffer) {
      size += chunk.length
      if (size > maxBytes) fail(tooLarge(maxBytes))
      else chunks.push(chunk)
    },
    onResponseEnd() {
      if (failure) return
      settle()
      const [only] = chunks
      resolve({ status, headers, body: chunks.length === 1 && only ? only : Buffer.concat(chunks) })
    },
    onResponseError(_: unknown, error: unknown) {
      fail(failureOf(error))
    },
  }
}

function tooLarge(maxBytes: number): FetchFailure {
  return new FetchFailure('too-large', `the body exceeds ${maxBytes} bytes`)
}

/** Codes of Node and undici that say that no connection came about. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

function failureOf(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error
  const { code = '', message = String(error) } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return new FetchFailure(UNREACHABLE.has(code) ? 'unreachable' : 'broken', `${code} ${message}`.trim())
}
