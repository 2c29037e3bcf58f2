// Tested in post.e2e.test.ts: the test checks the requests on it.

import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { FetchFailure } from './fetch-failure.ts'
import type { HttpAnswer } from './http-answer.ts'
import { type Parsed, responseParser } from './response-parser.ts'
import { hasUnread } from './unread.ts'

/** One request and its result: exactly one of `answered` and `failed` is called, unless it is abandoned. */
export type Exchange = {
  /** The whole request: text in Latin-1, or bytes. */
  readonly request: string | Buffer
  readonly maxBytes: number
  /** Expected body of the response; null if there is none. */
  readonly expected: Buffer | null
  readonly answered: (answer: HttpAnswer) => void
  readonly failed: (error: unknown) => void
  /** The connection of the exchange, once it has begun. */
  connection: Connection | null
}

/** A keep-alive connection; it carries one exchange at a time. */
export type Connection = {
  /** Time by `performance.now()` after which the connection is not used again. */
  readonly idleUntil: () => number
  /**
   * Whether an idle connection can carry another exchange at this time (of `performance.now()`). Bytes that came after the
   * last answer would be taken for the next one.
   */
  readonly isUsable: (now: number) => boolean
  begin(exchange: Exchange): void
  /** Closes the connection; the current exchange, if any, fails with the reason. */
  destroy(because: unknown): void
  /** Closes the connection without notifying its exchange. */
  abandon(): void
}

export type ConnectionEvents = {
  /** The connection has carried an exchange and may carry another. */
  freed(connection: Connection): void
  /** The connection must not be used any more. Called once. */
  gone(connection: Connection): void
}

/**
 * Maximum time for connecting. A subgraph that does not accept a connection within it counts as unreachable.
 */
const CONNECT_MS = 2_000
/**
 * A connection that was idle this long is checked before its next use; a check costs a hundredth of a
 * request.
 */
const LOOK_AFTER_MS = 1
/**
 * The read buffer of all connections, used in turn: its contents are not used beyond the turn of the event
 * loop in which it was filled. A buffer for each connection would take 64 KB.
 */
const BUFFER = Buffer.allocUnsafeSlow(131_072)

/**
 * Opens a connection. It does not keep the process alive by itself; the callers that wait for an exchange do.
 */
export function openConnection(origin: URL, { freed, gone }: ConnectionEvents): Connection {
  const parser = responseParser()
  // Unread bytes of TLS may be session tickets.
  const isSecure = origin.protocol === 'https:'
  let exchange: Exchange | null = null
  let isGone = false
  let idleUntil = 0
  let idleSince = 0

  const close = () => {
    if (isGone) return
    isGone = true
    clearTimeout(connecting)
    socket.destroy()
    gone(connection)
  }
  const destroy = (because: unknown) => {
    const broken = exchange
    exchange = null
    close()
    broken?.failed(because)
  }
  const finish = ({ answer, idleMs }: Parsed) => {
    const done = exchange
    exchange = null
    // A server that answers before it has read the whole request might read the rest as another request.
    if (idleMs > 0 && socket.writableLength === 0) {
      idleSince = performance.now()
      idleUntil = idleSince + idleMs
      freed(connection)
    } else close()
    done?.answered(answer)
  }
  const read = (count: number) => {
    if (!exchange) {
      close()
      return false
    }
    try {
      const parsed = parser.feed(BUFFER.subarray(0, count))
      if (parsed) finish(parsed)
    } catch (error) {
      destroy(error)
    }
    return !isGone
  }
  const ended = () => {
    if (!exchange) return close()
    try {
      finish(parser.end())
    } catch (error) {
      destroy(error)
    }
  }
  const socket = openSocket(origin, { buffer: BUFFER, callback: read })
  let isOpen = false
  const late = () => {
    if (!isOpen) destroy(new FetchFailure('unreachable', `no connection in ${CONNECT_MS} ms`))
  }
  // After a long turn of the event loop its timers come before the sockets: the connection may be there.
  const connecting = setTimeout(() => setImmediate(late), CONNECT_MS)
  connecting.unref()
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    isOpen = true
    clearTimeout(connecting)
  })
  socket.on('end', ended)
  socket.on('error', destroy)
  socket.on('close', () => destroy(new FetchFailure('broken', 'the connection was closed')))
  const connection: Connection = {
    idleUntil: () => idleUntil,
    isUsable(now) {
      if (idleUntil <= now) return false
      return isSecure || now - idleSince < LOOK_AFTER_MS || !hasUnread(socket)
    },
    begin(next) {
      exchange = next
      next.connection = connection
      parser.begin(next.maxBytes, next.expected)
      socket.write(next.request, 'latin1')
    },
    destroy,
    abandon() {
      exchange = null
      close()
    },
  }
  return connection
}

type OnRead = { readonly buffer: Buffer; readonly callback: (count: number) => boolean }

function openSocket({ protocol, hostname, port }: URL, onread: OnRead): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  const isSecure = protocol === 'https:'
  const target = { host, port: Number(port || (isSecure ? 443 : 80)), onread }
  // A certificate's name is requested for a host name, not for an address (RFC 6066, section 3).
  const names = isIP(host) ? {} : { servername: host }
  const socket = isSecure
    ? connectTls({ ...target, ...names, ALPNProtocols: ['http/1.1'] })
    : connectPlain(target)
  return socket.setNoDelay(true).unref()
}
