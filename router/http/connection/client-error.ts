import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { closeLingering } from './lingering-close.ts'

/** `reason` is the parser's own message. */
type ParseError = NodeJS.ErrnoException & { readonly reason?: string }

type Reason = readonly [status: string, message: string]

const INVALID: Reason = ['400 Bad Request', 'The request is not valid HTTP.']
const VERSION: Reason = ['505 HTTP Version Not Supported', 'Only HTTP/1.1 and HTTP/1.0 are supported.']
/** By the code of Node's error, the status line and the message; all other codes are `INVALID`. */
const REASONS: ReadonlyMap<unknown, Reason> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'The request took too long to arrive.']],
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'The headers are too large.']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', ['413 Content Too Large', 'The chunk extensions are too large.']],
  ['HPE_INVALID_VERSION', VERSION],
  ['HPE_PAUSED_H2_UPGRADE', VERSION],
])

/**
 * Answers what is not HTTP, or too slow: no request object exists, so the answer is written by hand. It is the last
 * one of its connection, and waits for those to whole requests before it, in the order of the requests (RFC 9112,
 * section 9.3.2).
 * @param open all responses that are not sent yet.
 */
export function refuseMalformed(open: ReadonlySet<ServerResponse>) {
  const refused = new WeakSet<Socket>()
  return (error: ParseError, socket: Socket): void => {
    // Every further piece after the fault causes this event again.
    if (refused.has(socket) && error.code !== 'ECONNRESET') return
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    refused.add(socket)
    const ours = [...open].filter(({ req }) => req.socket === socket)
    // The broken request was already refused by its head, whose answer ends the connection.
    if (ours.some(({ req, headersSent }) => !req.complete && headersSent)) return
    const before = ours.filter(({ req }) => req.complete)
    let waiting = before.length
    if (waiting === 0) end(socket, error)
    for (const response of before) {
      response.once('close', () => {
        if (--waiting === 0 && socket.writable) end(socket, error)
      })
    }
  }
}

/** CONNECT requests a tunnel, which the router does not offer. */
export function refuseConnect(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  write(socket, '405 Method Not Allowed', 'Only the methods GET/POST are supported.')
}

function end(socket: Socket, { code, reason }: ParseError): void {
  // llhttp has this code for a line that ends by a bare LF, too.
  const isLineEnd = code === 'HPE_INVALID_VERSION' && reason?.startsWith('Expected CRLF')
  const [status, message] = (isLineEnd ? null : REASONS.get(code)) ?? INVALID
  write(socket, status, message)
}

function write(socket: Socket, status: string, message: string): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] })
  closeLingering(
    socket,
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\nx-content-type-options: nosniff\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
