import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { deployMigrations } from '@argyle/kit/migrations'
import { runSql, type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPostgres } from '../postgres/start-postgres.ts'
import { root } from '../repository.ts'
import { postgresFolder } from '../shop/subgraphs/server.ts'
import { outputOf } from '../shop/testing/process-output.ts'
import { queryDatabase } from '../shop/testing/query-database.ts'
import { runRepublish } from './run.ts'

/** The database of an owner that does not run. */
let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase('products')
  vi.stubEnv('DATABASE_URL', database.url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await database.drop()
})

/** Two looks. */
const PATIENCE_MS = 500

async function republish(...options: string[]) {
  const lines: string[] = []
  const args = ['products', '--to', 'search', ...options]
  const code = await runRepublish(args, (line) => void lines.push(line), PATIENCE_MS)
  return { code, lines }
}

const CONTINUES = 'It continues automatically once that is fixed'

test('without a process of the owner, the request waits in its database, and the command ends', async () => {
  expect(await republish('--since', '2026-11-21T01:00:00+01:00')).toEqual({
    code: 1,
    lines: [
      'products to search: 0 messages',
      `nothing was sent for 0.5 s: no products seems to run. ${CONTINUES}`,
    ],
  })
  const sql = 'SELECT recipient, since, finished_at FROM republication'
  expect(await queryDatabase(database.url, sql)).toEqual([
    { recipient: 'search', since: new Date('2026-11-21T00:00:00Z'), finished_at: null },
  ])
})

test('the reason of a failure is shown', async () => {
  await runSql(
    database.url,
    "ALTER TABLE republication ALTER last_error SET DEFAULT 'no space is left', ALTER sent SET DEFAULT 7",
  )
  expect(await republish()).toEqual({
    code: 1,
    lines: ['products to search: 7 messages', `nothing was sent for 0.5 s: no space is left. ${CONTINUES}`],
  })
})

test('the end is shown once', async () => {
  await runSql(database.url, 'ALTER TABLE republication ALTER finished_at SET DEFAULT now()')
  expect(await republish()).toEqual({ code: 0, lines: ['products to search: 0 messages, all'] })
})

test('progress is shown, and prolongs the wait', async () => {
  // A function with a side effect counts the looks: the first five find one message more than the one before.
  await runSql(
    database.url,
    `CREATE SEQUENCE look;
     ALTER TABLE republication RENAME TO request;
     CREATE VIEW republication AS SELECT id, recipient, since, last_error, finished_at,
       least(nextval('look'), 5)::int AS sent FROM request`,
  )
  const { code, lines } = await republish()
  expect([code, lines]).toEqual([
    1,
    [
      ...[1, 2, 3, 4, 5].map((count) => `products to search: ${count} messages`),
      expect.stringMatching('^nothing was sent for 0.5 s: '),
    ],
  ])
})

test('a request that was deleted meanwhile is reported', async () => {
  await runSql(
    database.url,
    `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM republication; RETURN NULL; END $$;
     CREATE TRIGGER forget AFTER INSERT ON republication FOR EACH ROW EXECUTE FUNCTION forget()`,
  )
  const { code, lines } = await republish()
  expect([code, lines]).toEqual([
    1,
    [expect.stringMatching(/^the request rpb_\S+ is no longer in the database of products$/)],
  ])
})

test('the command ends with its last line', async () => {
  await runSql(database.url, 'ALTER TABLE republication ALTER finished_at SET DEFAULT now()')
  const { HOME } = environment()
  const env = { ...programEnvironment(), HOME, DATABASE_URL: database.url }
  const args = ['dev/republish.ts', 'products', '--to', 'search']
  const { ended, text } = outputOf(spawn(process.execPath, args, { cwd: root, env, stdio: 'pipe' }))
  expect([await ended, text()]).toEqual([0, 'products to search: 0 messages, all\n'])
})

test('without a given database, it is that of the owner in the shop of the data folder', async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-republish-'))
  const postgres = await startPostgres({ dataDir: postgresFolder(folder), durability: 'scratch' })
  try {
    const url = await postgres.ensureDatabase('argyle_products')
    await deployMigrations(path.join(root, 'prisma/products/migrations'), url)
    expect((await republish('--data', folder)).code).toBe(1)
    expect(await queryDatabase(url, 'SELECT recipient FROM republication')).toEqual([{ recipient: 'search' }])
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
})
