import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { environment } from '../service/config.ts'

export type TestDatabase = {
  readonly url: string
  drop(): Promise<void>
}

/** Maximum time that a statement of a test waits for a connection: a loaded machine exceeds the 10 s of a service. */
export const MAX_WAIT_MS = 60_000

/** The URL of the test server's default database, from which others are created. */
export function testServer(): string {
  const { ARGYLE_TEST_POSTGRES_URL: url } = environment()
  if (!url) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
  return url
}

/** Runs statements in a database, on a connection of their own. */
export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** The template of a subgraph's databases, of a server's outside, or of those with the kit's tables only. */
export const templateOf = (name: string): string => `argyle_template_${name}`

/** The statement that copies a database as files: a fifth of the CPU time of a copy through the WAL. */
export function copyStatement(name: string, template = 'template1'): string {
  return `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)} STRATEGY file_copy`
}

/** A new database on the test server. @param prefix the first part of its name */
export async function copiedDatabase(prefix: string, template?: string): Promise<TestDatabase> {
  const server = testServer()
  const name = `${prefix}_${randomUUID().replaceAll('-', '')}`
  await runSql(server, copyStatement(name, template))
  return {
    url: Object.assign(new URL(server), { pathname: `/${encodeURIComponent(name)}` }).href,
    drop: () => runSql(server, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  }
}

/**
 * A database for one test file, copied from the subgraph's migrated template.
 * @throws Error if the test server is not running, or the migrations of the subgraph failed (with the
 * reason).
 */
export async function testDatabase(subgraph: string): Promise<TestDatabase> {
  const { ARGYLE_TEST_TEMPLATE_ERRORS: faults } = environment()
  const reason: unknown = JSON.parse(faults ?? '{}')[subgraph]
  if (reason) throw new Error(`the migrations of ${subgraph} did not apply: ${String(reason)}`)
  return copiedDatabase(`test_${subgraph}`, templateOf(subgraph))
}
