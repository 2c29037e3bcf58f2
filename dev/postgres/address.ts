import pg from 'pg'
import { superuser } from './cluster.ts'

/** A server's address and credentials. */
export type PostgresAddress = {
  host: string
  port: number
  user: string
  /**
   * A connection URL for one of its databases, password included. It leads to the server's Unix socket: a short statement costs
   * client and server a third less CPU time there than over TCP. It holds until the server stops.
   */
  url(database: string): string
  /** The same over TCP, which also leads to the next server that is started on this port. */
  tcpUrl(database: string): string
  /** Creates a database unless it exists; returns its connection URL. */
  ensureDatabase(name: string): Promise<string>
}

type Place = { readonly port: number; readonly socketFolder: string; readonly password: string }

export function addressOf({ port, socketFolder, password }: Place): PostgresAddress {
  const host = '127.0.0.1'
  const tcpUrl = (database: string) =>
    `postgresql://${superuser}:${password}@${host}:${port}/${encodeURIComponent(database)}`
  const url = (database: string) => `${tcpUrl(database)}?host=${encodeURIComponent(socketFolder)}`
  return {
    host,
    port,
    user: superuser,
    url,
    tcpUrl,
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
