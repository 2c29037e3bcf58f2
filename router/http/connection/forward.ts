import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { quoted } from '../../quoted.ts'
import type { RouterSettings } from '../../settings.ts'
import type { Log } from '../../telemetry/log.ts'
import { messageOf } from '../../usage-error.ts'
import { sendErrors } from '../response/send-response.ts'
import { closeAfter } from './lingering-close.ts'

/** One rule of `http.forward`: paths that begin with `path` are served by the subgraph `to`. */
type ForwardRule = RouterSettings['http']['forward'][number]

export type Forwarding = {
  /** The rule for a method and a path, or null: it is not forwarded. */
  ruleFor(method: string, pathname: string): ForwardRule | null
  /**
   * Answers a GET or HEAD, or a POST whose body is dropped, with the answer of the subgraph's own server at
   * the same path. Neither cookies nor `authorization` nor an internal token are sent: only public resources,
   * and those that the path itself gives access to, can be forwarded.
   * @param origins URL of each subgraph's GraphQL endpoint, by name
   */
  forward(
    rule: ForwardRule,
    request: IncomingMessage,
    response: ServerResponse,
    origins: ReadonlyMap<string, URL>,
  ): Promise<void>
  /** Closes idle connections to subgraphs. */
  close(): void
}

/** Request headers that the subgraph needs for a cache or a client (RFC 9110, 8.8, 12.5 and 13.1). */
const REQUEST_HEADERS = ['accept', 'if-none-match', 'if-modified-since', 'if-range', 'range'] as const

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Response headers about the connection between router and subgraph (RFC 9110, 7.6.1), or about a session. */
const DROPPED_HEADERS = new Set(
  'connection keep-alive proxy-authenticate proxy-connection set-cookie te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)

export function forwarding({ http, fetching }: RouterSettings, log: Log): Forwarding {
  const options = { keepAlive: true, maxSockets: fetching.connections }
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }

  async function send(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    tell: (error: unknown) => void,
  ): Promise<void> {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), fetching.time)
    response.once('close', () => abort.abort())
    try {
      const answer = await answerOf(url, request, abort.signal)
      await relay(answer, response, fetching.response, tell)
    } finally {
      clearTimeout(timer)
    }
  }

  function answerOf(url: URL, { method, headers }: IncomingMessage, signal: AbortSignal) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const sent = Object.fromEntries(
        REQUEST_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
      )
      const isTls = url.protocol === 'https:'
      const request = (isTls ? requestHttps : requestHttp)(url, {
        method,
        headers: sent,
        signal,
        agent: isTls ? agents.https : agents.http,
      })
      request.once('response', resolve)
      request.once('error', reject)
      request.end()
    })
  }

  return {
    ruleFor: (method, pathname) =>
      http.forward.find(
        ({ path, post }) => pathname.startsWith(path) && (READS.has(method) || (post && method === 'POST')),
      ) ?? null,
    async forward({ to }, request, response, origins) {
      // The body of a POST may not have been received completely.
      if (request.method === 'POST') closeAfter(response)
      const origin = origins.get(to)
      const url = origin && sameTarget(request.url ?? '/', origin)
      if (!url) return notFound(request, response)
      const tell = (error: unknown) => {
        // A client that disconnected is no fault of the subgraph.
        if (!response.destroyed)
          log.warn({ subgraph: to, error: messageOf(error) }, 'a forwarded request failed')
      }
      try {
        await send(url, request, response, tell)
      } catch (error) {
        tell(error)
        // A response that has begun is destroyed by `pipeline`, and nothing is sent.
        unavailable(response)
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/**
 * Copies status, headers and body to the client.
 * @param tell called with an error in the body, before the response is destroyed because of it
 * @throws Error if the body exceeds `limit` bytes
 */
async function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  limit: number,
  tell: (error: unknown) => void,
): Promise<void> {
  if (Number(answer.headers['content-length'] ?? 0) > limit) {
    answer.destroy()
    throw tooLarge(limit)
  }
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    DROPPED_HEADERS.has(name) ? [] : values.flatMap((value) => [name, value]),
  )
  response.setHeader('x-content-type-options', 'nosniff')
  response.writeHead(answer.statusCode ?? 502, headers)
  // The listener precedes that of `pipeline`, which destroys the response at once.
  answer.once('error', tell)
  await pipeline(answer, (chunks: AsyncIterable<Buffer>) => bounded(chunks, limit, tell), response)
}

async function* bounded(
  chunks: AsyncIterable<Buffer>,
  limit: number,
  tell: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) {
      const error = tooLarge(limit)
      tell(error)
      throw error
    }
    yield chunk
  }
}

function tooLarge(limit: number): Error {
  return new Error(`the body exceeds ${limit} bytes`)
}

/** The request's path and query at another origin; null for paths that a server could read as another path, such as `/a/../b`. */
function sameTarget(target: string, origin: URL): URL | null {
  const url = URL.parse(target, origin)
  const [pathname = ''] = target.split('?', 1)
  const isPlain = url?.pathname === pathname && !/%2e|%2f|%5c|\\/i.test(pathname)
  return url && url.origin === origin.origin && isPlain ? url : null
}

function notFound({ method, url = '/' }: IncomingMessage, response: ServerResponse): void {
  const message = `Nothing is served at ${method} ${quoted(url)}.`
  sendErrors(response, 404, [{ message, extensions: { code: 'BAD_USER_INPUT' } }])
}

function unavailable(response: ServerResponse): void {
  const message = 'The server behind this path did not answer.'
  sendErrors(response, 502, [{ message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
}
