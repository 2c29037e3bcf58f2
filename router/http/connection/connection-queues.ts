import type { Socket } from 'node:net'

/** A request that waits for the previous ones: exactly one of these is called. */
type QueuedRequest = {
  readonly start: () => void
  /** The connection was closed. */
  readonly drop: () => void
}

/** Lets the requests of each connection run one after the other. */
export type ConnectionQueues = {
  /** Starts a request once the previous ones on its connection are answered. */
  enter(socket: Socket, guest: QueuedRequest): void
  /** The last started request of this connection is answered, or will never be. */
  leave(socket: Socket): void
}

/** Maximum number of requests of a connection that were read and wait. Beyond it, reading pauses. */
const MAX_WAITING = 16

type Line = { isBusy: boolean; isPaused: boolean; isWatched: boolean; readonly waiting: QueuedRequest[] }

/**
 * Lets each connection have one running request. Pipelined requests might depend on the previous one (RFC
 * 9112, section 9.3.2), and would take turns of the event loop from other connections.
 */
export function connectionQueues(): ConnectionQueues {
  const lines = new WeakMap<Socket, Line>()
  const opened = (socket: Socket): Line => {
    const line = { isBusy: false, isPaused: false, isWatched: false, waiting: [] }
    lines.set(socket, line)
    return line
  }
  return {
    enter(socket, guest) {
      const line = lines.get(socket) ?? opened(socket)
      if (line.isBusy) {
        if (!line.isWatched) watch(socket, line)
        line.waiting.push(guest)
        if (line.waiting.length >= MAX_WAITING) pause(socket, line)
        return
      }
      line.isBusy = true
      guest.start()
    },
    leave(socket) {
      const line = lines.get(socket)
      if (!line) return
      const next = line.waiting.shift()
      line.isBusy = next !== undefined
      // Other connections first.
      if (next) setImmediate(() => (socket.destroyed ? next.drop() : next.start()))
      if (line.isPaused && line.waiting.length < MAX_WAITING) {
        line.isPaused = false
        socket.resume()
      }
    },
  }
}

/** Called once for a connection, when a request first waits. */
function watch(socket: Socket, line: Line): void {
  line.isWatched = true
  // node:http continues reading when the body of any request is requested, though it arrived long ago.
  socket.on('resume', () => {
    if (line.isPaused) socket.pause()
  })
  socket.once('close', () => {
    for (const { drop } of line.waiting.splice(0)) drop()
  })
}

/** Stops reading. One read may contain a thousand requests, which wait in `line`; no others arrive. */
function pause(socket: Socket, line: Line): void {
  line.isPaused = true
  socket.pause()
}
