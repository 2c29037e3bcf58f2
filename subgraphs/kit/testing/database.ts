import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { environment } from '../service/config.ts'

export type TestDatabase = {
  readonly url: string
  drop(): Promise<void>
}

/** Runs one statement on the test server, outside any test database. */
async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * A database for one test file, cloned from the subgraph's migrated template.
 * @throws Error if the test server is not running, or the migrations of the subgraph failed (with the
 * reason).
 */
export async function testDatabase(subgraph: string): Promise<TestDatabase> {
  const { ARGYLE_TEST_POSTGRES_URL: adminUrl, ARGYLE_TEST_TEMPLATE_ERRORS: faults } = environment()
  if (!adminUrl) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
  const reason: unknown = JSON.parse(faults ?? '{}')[subgraph]
  if (reason) throw new Error(`the migrations of ${subgraph} did not apply: ${String(reason)}`)
  const name = `test_${subgraph}_${randomUUID().replaceAll('-', '')}`
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE argyle_template_${subgraph}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}
