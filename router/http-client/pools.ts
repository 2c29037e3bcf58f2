import { type OriginPool, originPool } from './origin-pool.ts'

/** Keep-alive connections, one pool per origin, shared by every supergraph that is or was served. */
export type Pools = {
  /** Opens no connection yet: connections are opened by exchanges and closed when idle. */
  pool(origin: string): OriginPool
  close(): void
}

/** @param connections maximum number per origin; further exchanges wait for one. */
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
