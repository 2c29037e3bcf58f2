import type { Socket } from 'node:net'

/** A request that waits for those before it: exactly one of these is called. */
type Guest = {
  readonly start: () => void
  /** The connection was closed. */
  readonly drop: () => void
}

/** The requests of each connection, one after the other. */
export type ConnectionLines = {
  /** Starts a request once those before it on its connection are answered. */
  enter(socket: Socket, guest: Guest): void
  /** The request of this connection that was started last is answered, or will never be. */
  leave(socket: Socket): void
}

/** Requests that were read and wait for those before them; a connection that has more is not read for the time being. */
const LONGEST = 16

type Line = { isBusy: boolean; isPaused: boolean; isWatched: boolean; readonly waiting: Guest[] }

/**
 * Lets each connection have one request in work: those that were sent after it without waiting for its answer
 * (pipelining) might depend on it (RFC 9112, section 9.3.2), and would take turns of the event loop from other connections.
 */
export function connectionLines(): ConnectionLines {
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
        if (line.waiting.length >= LONGEST) pause(socket, line)
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
      if (line.isPaused && line.waiting.length < LONGEST) {
        line.isPaused = false
        socket.resume()
      }
    },
  }
}

/** Once for a connection, when a request first waits. */
function watch(socket: Socket, line: Line): void {
  line.isWatched = true
  // node:http reads on as soon as the body of any request is asked for, although that has come long ago.
  socket.on('resume', () => {
    if (line.isPaused) socket.pause()
  })
  socket.once('close', () => {
    for (const { drop } of line.waiting.splice(0)) drop()
  })
}

/** Stops reading: in one read there may be a thousand requests, which wait in `line`, but no further ones come. */
function pause(socket: Socket, line: Line): void {
  line.isPaused = true
  socket.pause()
}
