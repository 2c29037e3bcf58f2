import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../postgres/start-postgres.ts'
import { ShopFailure } from '../start/failure.ts'
import { queryDatabase } from '../testing/query-database.ts'
import { type Contents, prepareDatabases } from './databases.ts'

let dataDir: string
let postgres: Postgres
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-databases-'))
  postgres = await startPostgres({ dataDir, durability: 'scratch' })
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(dataDir, { recursive: true })
})

const NIGHT = Date.parse('2026-11-21T23:59:59.999Z')
const NEXT_DAY = NIGHT + 1

async function prepare(contents: Partial<Contents> = {}, subgraphs = ['shipping']) {
  const lines: string[] = []
  const onProgress = (line: string) => void lines.push(line)
  const all = { size: null, fresh: false, now: () => NIGHT, onProgress, ...contents }
  return { ...(await prepareDatabases(postgres, subgraphs, all)), lines }
}

const query = (database: string, sql: string) => queryDatabase(postgres.url(database), sql)
const databases = () =>
  query('postgres', `SELECT datname AS name FROM pg_database WHERE datname LIKE 'argyle\\_%' ORDER BY 1`)

test('databases without data are made and migrated once, with those of the servers outside', async () => {
  const first = await prepare({ size: 'none' })
  expect([first.plan, first.requests, first.lines]).toEqual([null, [], ['migrated the databases']])
  await first.askForOthers()
  expect(await databases()).toEqual([{ name: 'argyle_carrier' }, { name: 'argyle_shipping' }])
  expect((await prepare({ size: 'none' })).lines).toEqual([])
  expect(await query('argyle_carrier', 'SELECT FROM label')).toEqual([])
})

test('all who start on one day get the same rows, which later starts keep', async () => {
  const plan = { seed: 1, size: 'tiny', today: Date.parse('2026-11-21') }
  expect((await prepare({ size: 'tiny' })).plan).toEqual(plan)
  expect((await prepare({ now: () => NEXT_DAY })).plan).toEqual(plan)
  expect((await prepare({ size: 'tiny', now: () => NEXT_DAY })).plan).toEqual(plan)
  await expect(prepare({ size: 'demo' })).rejects.toThrow(
    new ShopFailure(
      'the data folder holds tiny seed data, not demo: add --fresh to replace it, or choose another folder with --data',
    ),
  )
})

test('a fresh start deletes the databases of its subgraphs alone, even while they are in use', async () => {
  await postgres.ensureDatabase('argyle_reviews')
  await query('argyle_carrier', 'CREATE TABLE former ()')
  await query('argyle_shipping', 'CREATE TABLE former ()')
  const other = new pg.Client({ connectionString: postgres.url('argyle_shipping') })
  await other.connect()
  // It emits an error for each of two reasons.
  const closed = new Promise((resolve) => other.on('error', resolve))
  const { plan, lines } = await prepare({ size: 'tiny', fresh: true, now: () => NEXT_DAY })
  await closed
  expect(plan).toEqual({ seed: 1, size: 'tiny', today: Date.parse('2026-11-22') })
  expect(lines[0]).toBe('migrated the databases')
  for (const name of ['argyle_carrier', 'argyle_shipping'])
    expect(await query(name, `SELECT to_regclass('former') AS former`)).toEqual([{ former: null }])
  expect(await databases()).toContainEqual({ name: 'argyle_reviews' })
})
