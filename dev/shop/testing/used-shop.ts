// Tested in ../../e2e/shopping.e2e.test.ts: the shop of the test starts on a copy.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { testServer } from '@argyle/kit/testing/database'
import pg from 'pg'
import { z } from 'zod'
import { waitUntil } from '../../e2e/wait-until.ts'
import { startShop } from '../start/start-shop.ts'
import type { Server } from '../subgraphs/databases.ts'
import { databaseOf, importSubgraph, SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { migratedTemplate, testPostgres } from './test-server.ts'

const format = z.object({
  /** The names on the server of the test run of the databases, by their names in a shop. */
  databases: z.record(z.string(), z.string()),
  dataDir: z.string(),
})

/** A shop after its first start, stopped: its databases contain the seed data, and all past events are published. */
export type UsedShop = z.output<typeof format>

/** 'USED': held by the process that makes the shop. */
const LOCK = 0x55534544
/** Bounds only a test that would fail anyway. */
const PATIENCE_MS = 120_000

/**
 * The shop whose databases and secrets those of tests are copied from: a first start takes three times the CPU time of a later one.
 * The first call of a test run makes it, in whatever process; other calls wait for that.
 */
export async function usedShop(): Promise<UsedShop> {
  const { ARGYLE_TEST_FOLDER: folder } = environment()
  if (!folder) throw new Error('ARGYLE_TEST_FOLDER is not set: run the tests with `npm test`')
  const file = path.join(folder, 'used-shop.json')
  const client = new pg.Client({ connectionString: testServer() })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    if (!existsSync(file)) {
      // Renamed when it is whole, as the process may end meanwhile.
      writeFileSync(`${file}.draft`, JSON.stringify(await makeUsedShop(path.join(folder, 'used-shop'))))
      renameSync(`${file}.draft`, file)
    }
    return format.parse(JSON.parse(readFileSync(file, 'utf8')))
  } finally {
    // Also releases the lock.
    await client.end()
  }
}

async function makeUsedShop(dataDir: string): Promise<UsedShop> {
  const { server, ownName, drop } = testPostgres({ templateFor: migratedTemplate })
  const names: string[] = []
  const noting: Server = {
    url: server.url,
    ensureDatabase(name) {
      names.push(name)
      return server.ensureDatabase(name)
    },
  }
  try {
    const shop = await startShop({ dataDir, server: noting, ports: 'free', size: 'tiny' })
    try {
      for (const name of SUBGRAPH_NAMES) await untilPublished(name, server.url(databaseOf(name)))
    } finally {
      await shop.stop()
    }
    return { databases: Object.fromEntries(names.map((name) => [name, ownName(name)])), dataDir }
  } catch (error) {
    await drop()
    throw error
  }
}

/** Waits until a subgraph has finished its republications and published its outbox. */
async function untilPublished(name: string, url: string): Promise<void> {
  const { history } = await importSubgraph(name)
  const waiting = ['SELECT FROM outbox_message WHERE published_at IS NULL']
  if (history) waiting.push('SELECT FROM republication WHERE finished_at IS NULL')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const count = async () => (await client.query(waiting.join(' UNION ALL '))).rowCount
    await waitUntil(count, (rows) => rows === 0, PATIENCE_MS)
  } finally {
    await client.end()
  }
}
