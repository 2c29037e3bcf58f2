import { randomUUID } from 'node:crypto'
import { environment } from '@argyle/kit/config'
import pg from 'pg'
import type { Server } from '../subgraphs/databases.ts'

/**
 * A PostgreSQL server, by default that of the test run, on which each call has its own databases under the
 * names of a shop.
 * @param adminUrl a database for the connection that creates others
 */
export function testPostgres(adminUrl = environment().ARGYLE_TEST_POSTGRES_URL): {
  server: Server
  drop(): Promise<void>
} {
  if (!adminUrl) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
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
          await admin((client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(ownName(name))}`))
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
