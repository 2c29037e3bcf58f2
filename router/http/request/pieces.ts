import type { IncomingMessage } from 'node:http'

/** Number of chunks that every body may have. One more is allowed for each further number of bytes. */
const FREE_PIECES = 1_000
const BYTES_A_PIECE = 64
/** Index of a node:http parser's callback for a piece of a body (`kOnBody`). */
const ON_BODY = 3

const exceeding = new WeakSet<IncomingMessage>()
/** Emitted by a request whose body has too many pieces. */
const EXCEEDED = Symbol('too many pieces')

/** Tests whether a body of this many bytes is in too many pieces. */
export function isInTooManyPieces(pieces: number, bytes: number): boolean {
  return pieces > FREE_PIECES + bytes / BYTES_A_PIECE
}

/**
 * Limits the number of chunks of a body from the first one on, before the body is read. 64 KB that the socket
 * read have up to 11,000 chunks of a byte. The parser makes a Buffer of each and keeps all of them until the
 * read is over, so V8 moves them to its old space: 6 MB and 30 ms for each connection that sends such a read.
 */
export function limitPieces(request: IncomingMessage): void {
  // The chunks of other bodies are what the socket read at a time.
  if (request.headers['transfer-encoding'] === undefined) return
  let pieces = 0
  let bytes = 0
  const push = request.push.bind(request)
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) return push(chunk)
    pieces++
    bytes += chunk.length
    if (!isInTooManyPieces(pieces, bytes)) return push(chunk)
    dropRest(request)
    exceeding.add(request)
    request.emit(EXCEEDED)
    return false
  }
}

/** Tests whether a request was refused because its body has too many pieces. */
export function hadTooManyPieces(request: IncomingMessage): boolean {
  return exceeding.has(request)
}

/** Calls `then` once, when the body has too many pieces or if it had them already. */
export function onTooManyPieces(request: IncomingMessage, then: () => void): void {
  if (hadTooManyPieces(request)) then()
  else request.once(EXCEEDED, then)
}

/** Drops the rest of a body during the callback for a piece. Its socket is not read any more. */
function dropRest(request: IncomingMessage): void {
  // False stops the reading. Data that the socket has already read still arrives.
  request.push = () => false
  // An undocumented property of the socket. Without it the pieces still arrive, and are dropped.
  const { parser } = request.socket as { parser?: Record<number, unknown> | null }
  const onBody = parser?.[ON_BODY]
  if (!parser || typeof onBody !== 'function') return
  parser[ON_BODY] = null
  // Parsers are reused for other connections, none of which reads before this runs. A tick would be too
  // early, since it runs between two pieces.
  setImmediate(() => {
    parser[ON_BODY] = onBody
  })
}
