import { type Dispatcher, Pool } from 'undici'

/** Keep-alive connections, one pool per origin, shared by every supergraph that is or was served. */
export type Pools = {
  /** Opens nothing yet: connections come with the first exchange and close when idle. */
  pool(origin: string): Dispatcher
  close(): Promise<void>
}

/** Connecting takes a round trip, or fails; a subgraph that does not accept within this is taken for unreachable. */
const CONNECT_MS = 2_000

/** @param connections at most this many per origin; further exchanges wait for one. */
export function connectionPools(connections: number): Pools {
  const pools = new Map<string, Pool>()
  return {
    pool(origin) {
      const known = pools.get(origin)
      if (known) return known
      const pool = new Pool(origin, { connections, pipelining: 1, connect: { timeout: CONNECT_MS } })
      pools.set(origin, pool)
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}
