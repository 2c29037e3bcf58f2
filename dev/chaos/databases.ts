import pg from 'pg'
import type { Server } from '../shop/subgraphs/databases.ts'
import { databaseOf } from '../shop/subgraphs/subgraphs.ts'

export type Row = Readonly<Record<string, unknown>>

/** Direct connections to the databases of a run, which survive restarts of the server. */
export type Databases = {
  /** Rows of a statement. @param name of the database of a subgraph or an external server */
  rows<R extends object = Row>(name: string, sql: string, values?: readonly unknown[]): Promise<R[]>
  /** Ends the sessions of others in a database. @returns how many */
  cut(name: string): Promise<number>
  close(): Promise<void>
}

const STATEMENT_MS = 30_000

export function openDatabases(server: Server): Databases {
  const pools = new Map<string, pg.Pool>()
  const poolOf = (name: string) => {
    const known = pools.get(name)
    if (known) return known
    const pool = new pg.Pool({
      connectionString: server.url(databaseOf(name)),
      max: 2,
      statement_timeout: STATEMENT_MS,
      application_name: 'chaos',
    })
    // The next query reports a session that the server has ended.
    pool.on('error', () => {})
    pools.set(name, pool)
    return pool
  }
  return {
    async rows<R extends object>(name: string, sql: string, values: readonly unknown[] = []) {
      const { rows } = await poolOf(name).query<R>(sql, [...values])
      return rows
    },
    async cut(name) {
      const { rowCount } = await poolOf(name).query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name <> 'chaos'`,
      )
      return rowCount ?? 0
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}
