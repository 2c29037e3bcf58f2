import pg from 'pg'
import { superuser } from './cluster.ts'

/** A server's address and credentials. */
export type PostgresAddress = {
  host: string
  port: number
  user: string
  /** A connection URL for one of its databases, password included. */
  url(database: string): string
  /** Creates a database unless it exists; returns its connection URL. */
  ensureDatabase(name: string): Promise<string>
}

export function addressOf(port: number, password: string): PostgresAddress {
  const host = '127.0.0.1'
  const url = (database: string) =>
    `postgresql://${superuser}:${password}@${host}:${port}/${encodeURIComponent(database)}`
  return {
    host,
    port,
    user: superuser,
    url,
    ensureDatabase: async (name) => {
      await createDatabase(url('postgres'), name)
      return url(name)
    },
  }
}

/** Creates a database unless it exists. @param adminUrl a database that exists on the server */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } catch (error) {
    // Somebody else created it meanwhile: 42P04, or 23505 if at the same instant.
    const code = error instanceof pg.DatabaseError ? error.code : undefined
    if (code !== '42P04' && code !== '23505') throw error
  } finally {
    await client.end()
  }
}
