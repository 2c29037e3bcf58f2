import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../postgres/start-postgres.ts'
import { healthOf } from '../../stack/health.ts'
import { postgresFolder } from '../subgraphs/server.ts'
import { queryDatabase } from '../testing/query-database.ts'
import { startAlone } from './start-alone.ts'

let dataDir: string
let postgres: Postgres
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-alone-'))
  postgres = await startPostgres({ dataDir: postgresFolder(dataDir), durability: 'scratch' })
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(dataDir, { recursive: true })
})

const query = (database: string, sql: string) => queryDatabase(postgres.url(database), sql)

const connected = async () =>
  (await query('postgres', `SELECT FROM pg_stat_activity WHERE datname LIKE 'argyle\\_%'`)).length

/** Makes a webhook due, about a payment or a parcel that the subgraph does not know. */
const DUE = {
  sandbox_gateway: `WITH paid AS (INSERT INTO payment (id, source_id, reference, currency, amount_minor, status)
     SELECT 'gpy_1', id, 'ord_1', 'EUR', 500, 'AUTHORIZED' FROM source LIMIT 1)
   INSERT INTO webhook (id, delivery, payment_id, type, due_at) VALUES ('gev_1', 1, 'gpy_1', 'payment.changed', now())`,
  carrier: `WITH labelled AS (INSERT INTO label VALUES ('lab_1', 'key', 'hash', 'reference', 'TRACK1', 'normal', NULL, now())),
     scanned AS (INSERT INTO scan VALUES ('lab_1', 1, now(), 'IN_TRANSIT', NULL, 'On its way'))
   INSERT INTO webhook (label_id, due_at) VALUES ('lab_1', now())`,
}

test.each([
  ['payments', 'sandbox_gateway'],
  ['shipping', 'carrier'],
] as const)(
  '%s alone uses the server that runs on the data folder, and gets the webhooks of its outside server',
  async (name, outside) => {
    const lines: string[] = []
    const place = { host: '127.0.0.1', port: 0, dataDir }
    const alone = await startAlone({ ...place, name, onProgress: (line) => void lines.push(line) })
    try {
      expect(lines).toContain(`using the PostgreSQL that runs on ${dataDir} already`)
      expect(await healthOf(alone.served.port, 45_000)).toBe('ready')
      await query(`argyle_${outside}`, DUE[outside])
      await expect
        .poll(() => query(`argyle_${outside}`, 'SELECT FROM webhook WHERE delivered_at IS NULL'), {
          timeout: 45_000,
        })
        .toEqual([])
    } finally {
      await alone.stop()
    }
    expect(await healthOf(alone.served.port)).toBe('silent')
    // The server ends sessions a moment after their clients; one that was forgotten would stay idle for 10 s.
    await expect.poll(connected, { timeout: 5_000 }).toBe(0)
  },
)
