import path from 'node:path'
import pg from 'pg'
import { addressOf, type PostgresAddress } from './address.ts'
import { clusterOf, readPassword } from './cluster.ts'
import { readPostmaster } from './postmaster-file.ts'

/** The server that another process runs on this data folder right now; undefined when none answers. */
export async function runningPostgres(dataDir: string): Promise<PostgresAddress | undefined> {
  const folder = path.resolve(dataDir)
  const server = readPostmaster(clusterOf(folder))
  const password = readPassword(folder)
  if (!server?.ready || password === undefined) return undefined
  const address = addressOf(server.port, password)
  // The file outlives a killed server, and the port may be another's by now: the password decides.
  const client = new pg.Client({ connectionString: address.url('postgres') })
  try {
    await client.connect()
    await client.end()
    return address
  } catch {
    return undefined
  }
}
