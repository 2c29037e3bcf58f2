import { randomUUID } from 'node:crypto'
import { copyStatement, templateOf, testServer } from '@argyle/kit/testing/database'
import pg from 'pg'
import type { Server } from '../subgraphs/databases.ts'

type Options = {
  /** A database of the server, for the connection that creates others; by default that of the test run. */
  readonly adminUrl?: string
  /** The database that one of a shop is copied from; by default an empty one. */
  readonly templateFor?: (name: string) => string
}

export type TestPostgres = {
  readonly server: Server
  /** The name on the server of a database of the shop. */
  ownName(name: string): string
  drop(): Promise<void>
}

/** The migrated template of a shop's database, on the server of the test run. */
export const migratedTemplate = (name: string): string => templateOf(name.replace(/^argyle_/, ''))

/** A PostgreSQL server on which each call has its own databases under the names of a shop. */
export function testPostgres({ adminUrl = testServer(), templateFor }: Options): TestPostgres {
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
          await admin((client) => client.query(copyStatement(ownName(name), templateFor?.(name))))
        made.add(name)
        return url(name)
      },
    },
    ownName,
    drop: () =>
      admin(async (client) => {
        for (const name of made)
          await client.query(`DROP DATABASE ${client.escapeIdentifier(ownName(name))} WITH (FORCE)`)
      }),
  }
}
