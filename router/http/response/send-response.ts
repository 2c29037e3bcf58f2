import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLFormattedError } from 'graphql'
import { closeAfter } from '../connection/lingering-close.ts'
import { JSON_RESPONSE } from '../request/media-types.ts'
import { hadTooManyPieces } from '../request/pieces.ts'

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, ['content-type', JSON_RESPONSE], `${JSON.stringify(body)}\n`)
}

/** Sends errors in the form of a GraphQL response. */
export function sendErrors(
  response: ServerResponse,
  status: number,
  errors: readonly GraphQLFormattedError[],
  headers: readonly string[] = [],
): void {
  send(response, status, ['content-type', JSON_RESPONSE, ...headers], JSON.stringify({ errors }))
}

/** Whether the head of a request announces a body (RFC 9112, section 6.3). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

/**
 * Closes the connection after the response if the rest of the request's body is not read. What a client still sends
 * in too many pieces is not read either, since reading it takes memory.
 */
function endIncomplete(response: ServerResponse): void {
  const { req: request } = response
  if (request.complete || !hasBody(request)) return
  if (hadTooManyPieces(request)) response.shouldKeepAlive = false
  else closeAfter(response)
}

/**
 * Sends a complete answer, unless one has begun or the client has disconnected.
 * @param headers flat pairs, which saves node:http 4 µs per request.
 */
export function send(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  body: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return
  endIncomplete(response)
  const length = status === 204 ? [] : ['content-length', String(Buffer.byteLength(body))]
  response.writeHead(status, [...headers, ...length, 'x-content-type-options', 'nosniff'])
  response.end(body)
}
