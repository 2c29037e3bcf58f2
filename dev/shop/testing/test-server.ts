import { randomUUID } from 'node:crypto'
import { copyStatement, templateOf, testServer } from '@argyle/kit/testing/database'
import pg from 'pg'
import type { Server } from '../subgraphs/databases.ts'

/**
 * A PostgreSQL server on which each call has its own databases under the names of a shop. On that of the test run they are copies
 * of the migrated templates.
 * @param foreignUrl a database of another server, for the connection that creates others; they are empty
 */
export function testPostgres(foreignUrl?: string): {
  server: Server
  drop(): Promise<void>
} {
  const adminUrl = foreignUrl ?? testServer()
  const templateFor = (name: string) => (foreignUrl ? undefined : templateOf(name.replace(/^argyle_/, '')))
  const suffix = randomUUID().replaceAll('-', '')
  const made = new Set<string>()
  const ownName = (name: string) => `${name}_${suffix}`
  const url = (name: string) => {
    const address = new URL(adminUrl)
    address.pathname = name === 'postgres' ? '/postgres' : `/${ownName(name)}`
    return address.href
  }
  const admin = async (work: (client: pg.Client) => Promise<unknown>) => {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    try {
      await work(client)
    } finally {
      await client.end()
    }
  }
  return {
    server: {
      url,
      async ensureDatabase(name) {
        if (!made.has(name))
          await admin((client) => client.query(copyStatement(ownName(name), templateFor(name))))
        made.add(name)
        return url(name)
      },
    },
    drop: () =>
      admin(async (client) => {
        for (const name of made)
          await client.query(`DROP DATABASE ${client.escapeIdentifier(ownName(name))} WITH (FORCE)`)
      }),
  }
}
