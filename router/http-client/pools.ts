import { type OriginPool, originPool } from './origin-pool.ts'

/** Keep-alive connections, one pool per origin, shared by every supergraph that is or was served. */
export type Pools = {
  /** Opens nothing yet: connections come with the first exchange and close when idle. */
  pool(origin: string): OriginPool
  close(): void
}

/** @param connections at most this many per origin; further exchanges wait for one. */
export function connectionPools(connections: number): Pools {
  const pools = new Map<string, OriginPool>()
  return {
    pool(origin) {
      const known = pools.get(origin)
      if (known) return known
      const pool = originPool(new URL(origin), connections)
      pools.set(origin, pool)
      return pool
    },
    close() {
      for (const pool of pools.values()) pool.close()
    },
  }
}
