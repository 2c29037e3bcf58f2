// Tested in post.e2e.test.ts: the test checks the requests of its connections.

import { type Connection, type Exchange, openConnection } from './connection.ts'
import { FetchFailure } from './fetch-failure.ts'

/** The connections to one origin. */
export type OriginPool = {
  /** Sends it over the connection that was used last, a new one, or the first that becomes free. */
  begin(exchange: Exchange): void
  /** Removes the exchange. If it was sent, its connection is closed. */
  abandon(exchange: Exchange): void
  /** Closes all connections. */
  close(): void
}

/** Milliseconds between two sweeps of connections that were idle too long. Such a connection is never used, even before the sweep. */
const SWEEP_MS = 1_000

/** @param connections maximum number; further exchanges wait in order. */
export function originPool(origin: URL, connections: number): OriginPool {
  const open = new Set<Connection>()
  /** The most recently used connection comes last, so that unneeded ones time out. */
  const idle: Connection[] = []
  const waiting = new Set<Exchange>()
  let sweeping: NodeJS.Timeout | null = null
  let isClosed = false

  const next = () => {
    const [first] = waiting
    if (first) waiting.delete(first)
    return first
  }
  const connect = (exchange: Exchange) => {
    const connection = openConnection(origin, { freed, gone })
    open.add(connection)
    connection.begin(exchange)
  }
  const freed = (connection: Connection) => {
    const first = next()
    if (first) return connection.begin(first)
    idle.push(connection)
    sweeping ??= setTimeout(sweep, SWEEP_MS).unref()
  }
  const gone = (connection: Connection) => {
    open.delete(connection)
    const place = idle.indexOf(connection)
    if (place >= 0) idle.splice(place, 1)
    const first = next()
    if (first) connect(first)
  }
  const sweep = () => {
    const now = performance.now()
    for (const connection of idle.filter(({ idleUntil }) => idleUntil() <= now)) connection.abandon()
    sweeping = idle.length > 0 ? setTimeout(sweep, SWEEP_MS).unref() : null
  }
  /** Takes the last connection that may still be used. */
  const takeIdle = () => {
    const now = idle.length > 0 ? performance.now() : 0
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.isUsable(now)) return last
      last.abandon()
    }
    return undefined
  }
  return {
    begin(exchange) {
      if (isClosed) return exchange.failed(closed())
      const connection = takeIdle()
      if (connection) connection.begin(exchange)
      else if (open.size < connections) connect(exchange)
      else waiting.add(exchange)
    },
    abandon(exchange) {
      if (!waiting.delete(exchange)) exchange.connection?.abandon()
    },
    close() {
      isClosed = true
      const left = [...waiting]
      waiting.clear()
      for (const exchange of left) exchange.failed(closed())
      for (const connection of open) connection.destroy(closed())
      if (sweeping) clearTimeout(sweeping)
    },
  }
}

function closed(): FetchFailure {
  return new FetchFailure('broken', 'the pool is closed')
}
