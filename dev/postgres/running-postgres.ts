import path from 'node:path'
import pg from 'pg'
import { addressOf, type PostgresAddress } from './address.ts'
import { clusterOf, readPassword } from './cluster.ts'
import { readPostmaster } from './postmaster-file.ts'

/** The server that another process runs on this data folder; undefined if none answers. */
export async function runningPostgres(dataDir: string): Promise<PostgresAddress | undefined> {
  const folder = path.resolve(dataDir)
  const server = readPostmaster(clusterOf(folder))
  const password = readPassword(folder)
  if (!server?.ready || password === undefined) return undefined
  const { port, socketFolder } = server
  const address = addressOf({ port, socketFolder, password })
  // The file survives a killed server, and another program may use the port: check the password.
  const client = new pg.Client({ connectionString: address.url('postgres') })
  try {
    await client.connect()
    await client.end()
    return address
  } catch {
    return undefined
  }
}
