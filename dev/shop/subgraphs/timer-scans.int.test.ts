import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { testDatabase } from '@argyle/kit/testing/database'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import pg from 'pg'
import { expect, test } from 'vitest'
import { subgraphSettings } from './subgraph-settings.ts'
import { importSubgraph, SUBGRAPH_NAMES } from './subgraphs.ts'

const secret = () => randomBytes(32).toString('base64url')

/** Tables that timers read whole: they hold few rows, or all of their rows are wanted. The ledger of stock is read whole until its first sum. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  users: ['signing_key'],
  inventory: ['stock_movement'],
  orders: ['quote_key'],
  shipping: ['quote_key'],
  analytics: ['sale_basis', 'sale_change', 'sale_change_since', 'sale_day', 'sale_month'],
  support: ['customer', 'rfm_scale'],
}

const SCANNED = `SELECT relname AS name FROM pg_stat_user_tables WHERE seq_scan > 0 ORDER BY relname`

/** The other sessions of the database. */
const OTHERS = `
SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`

/** Runs statements in a session of its own. */
async function inSession<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

// With this setting PostgreSQL reads a table whole only where no index serves the statement.
const WITHOUT_SCANS = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$`

test.each(SUBGRAPH_NAMES)('the timers of %s find due work by indexes', async (name) => {
  const database = await testDatabase(name)
  await inSession(database.url, (client) => client.query(WITHOUT_SCANS))
  const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
  const place = { host: '127.0.0.1', port: 4999, databaseUrl: database.url }
  const definition = await importSubgraph(name)
  const subgraph = await testSubgraph(definition, {
    // Support takes e-mails, so that its timer has some to forget.
    settings: subgraphSettings(name, secrets, { ...place, own: { SUPPORT_MAIL_KEY: secret() } }),
    database: { url: database.url, drop: async () => {} },
  })
  await inSession(database.url, (client) => client.query('SELECT pg_stat_reset()'))
  for (const { run } of definition.timers ?? []) await run(subgraph.resources, new AbortController().signal)
  // PostgreSQL counts the reads of a session when it ends.
  await subgraph.close()
  const { rows } = await inSession(database.url, async (client) => {
    while ((await client.query(OTHERS)).rowCount !== 0) await pause(5)
    return client.query<{ name: string }>(SCANNED)
  })
  await database.drop()
  expect(rows.map((row) => row.name)).toEqual(WHOLE[name] ?? [])
})
