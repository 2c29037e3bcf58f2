import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Maximum time for a client to close its side of a connection after the last response, in milliseconds. */
const MAX_LINGER_MS = 5_000
/** Maximum number of bytes that are read and dropped after the last response of a connection. */
const MAX_LINGER_BYTES = 16 * 1_024 * 1_024

/**
 * Closes a connection whose client may still be sending: sends `last`, then reads and drops what arrives until the
 * client closes its side, or until a limit is exceeded. A connection that is closed with unread bytes is reset, and
 * the client may lose the response (RFC 9112, section 9.6).
 */
export function closeLingering(socket: Socket, last = ''): void {
  const limit = socket.bytesRead + MAX_LINGER_BYTES
  const timer = setTimeout(() => socket.destroy(), MAX_LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  // The parser of node:http may have stopped the reading without the socket's knowledge. A pause corrects that.
  socket.pause()
  socket.resume()
  socket.once('resume', () => {
    // Further requests are not parsed.
    socket.removeAllListeners('data')
    socket.on('data', () => {
      if (socket.bytesRead > limit) socket.destroy()
    })
  })
  socket.end(last)
}

/** Makes a response the last of its connection, whose client may still be sending the request. */
export function closeAfter(response: ServerResponse): void {
  response.shouldKeepAlive = false
  const { socket } = response.req
  // node:http calls this after the last response of a connection.
  socket.destroySoon = () => closeLingering(socket)
}
