// Tested in command-line.test.ts.

import { POOL_SIZE } from '@argyle/kit/database'
import pg from 'pg'

/** Connections that a process of a subgraph may open: its pool, and that of its relay. */
const OF_A_PROCESS = POOL_SIZE + 1
/** Connections for the sandbox gateway, the carrier, and people who inspect the databases. */
const OF_OTHERS = 20

/**
 * A line for people about a server that allows fewer connections than the stack may open; null if it allows enough.
 * @param processes of subgraphs
 */
export function tooFewConnections(allowed: number, processes: number): string | null {
  const wanted = processes * OF_A_PROCESS + OF_OTHERS
  if (allowed >= wanted) return null
  return `PostgreSQL allows ${allowed} connections, and ${processes} processes may open ${wanted}: set max_connections to ${wanted}, or take --private`
}

/** @param url of any database of the server */
export async function allowedConnections(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ allowed: number }>(
      `SELECT current_setting('max_connections')::int AS allowed`,
    )
    return rows[0]?.allowed ?? 0
  } finally {
    await client.end()
  }
}
