import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copiedDatabase, type TestDatabase } from '../testing/database.ts'
import { deployMigrations } from './migrations.ts'

let dir: string
let made: TestDatabase
let url: string
let database: pg.Client

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'argyle-migrations-'))
  made = await copiedDatabase('test_migrations')
  url = made.url
  database = new pg.Client({ connectionString: url })
  await database.connect()
})

afterEach(async () => {
  rmSync(dir, { recursive: true })
  await database.end()
  await made.drop()
})

function migration(name: string, sql: string): void {
  mkdirSync(path.join(dir, name), { recursive: true })
  writeFileSync(path.join(dir, name, 'migration.sql'), sql)
}

async function rows(sql: string): Promise<unknown[]> {
  return (await database.query(sql)).rows
}

test('migrations are applied in the order of their names, and only once', async () => {
  migration('20260102000000_socks', 'INSERT INTO sock VALUES (1); INSERT INTO sock VALUES (2);')
  migration('20260101000000_base', 'CREATE TABLE sock (id INT PRIMARY KEY);')
  // Prisma's own file beside them.
  writeFileSync(path.join(dir, 'migration_lock.toml'), 'provider = "postgresql"')
  expect(await deployMigrations(dir, url)).toEqual(['20260101000000_base', '20260102000000_socks'])
  expect(await deployMigrations(dir, url)).toEqual([])

  migration('20260103000000_more', 'INSERT INTO sock VALUES (3)')
  expect(await deployMigrations(dir, url)).toEqual(['20260103000000_more'])
  expect(await rows('SELECT id FROM sock ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
})

test('the history is what Prisma would have written: checksum of the bytes, one step, start before end', async () => {
  migration('20260101000000_base', 'CREATE TABLE "Söckchen" (id INT);\n')
  await deployMigrations(dir, url)
  expect(
    await rows(`SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at,
                       finished_at >= started_at AS ordered, length(id) AS id FROM "_prisma_migrations"`),
  ).toEqual([
    {
      migration_name: '20260101000000_base',
      checksum: 'fcae887c17a6e76527a300e819bbd860157527cd946c84024539a341e4c85f6e',
      applied_steps_count: 1,
      logs: null,
      rolled_back_at: null,
      ordered: true,
      id: 36,
    },
  ])
})

test('services that start together apply each migration once', async () => {
  migration('20260101000000_base', 'CREATE TABLE sock (id INT); SELECT pg_sleep(0.05);')
  migration('20260102000000_socks', 'INSERT INTO sock VALUES (1)')
  const applied = await Promise.all(Array.from({ length: 4 }, () => deployMigrations(dir, url)))
  expect(applied.flat().sort()).toEqual(['20260101000000_base', '20260102000000_socks'])
  expect(await rows('SELECT id FROM sock')).toEqual([{ id: 1 }])
})

test('a migration that fails says where, leaves nothing, and can be mended and tried again', async () => {
  migration(
    '20260101000000_base',
    'CREATE TABLE sock (id INT);\n\nCREATE TABLE shoe (id NONSENSE);\nSELECT 1;\n',
  )
  await expect(deployMigrations(dir, url)).rejects.toThrow(
    'migration 20260101000000_base failed at line 3: type "nonsense" does not exist',
  )
  expect(await rows(`SELECT FROM pg_class WHERE relname = 'sock'`)).toEqual([])

  migration('20260101000000_base', 'CREATE TABLE sock (id INT);')
  expect(await deployMigrations(dir, url)).toEqual(['20260101000000_base'])
})

test('a migration edited after it was applied is refused', async () => {
  migration('20260101000000_base', 'CREATE TABLE sock (id INT);')
  await deployMigrations(dir, url)
  migration('20260101000000_base', 'CREATE TABLE sock (id BIGINT);')
  await expect(deployMigrations(dir, url)).rejects.toThrow(
    'migration 20260101000000_base was edited after it was applied: undo the edit, and put the change in a new migration',
  )
})

test('a statement that cannot run in a transaction is applied too', async () => {
  migration('20260101000000_base', 'CREATE TABLE sock (id INT);')
  migration('20260102000000_index', 'CREATE INDEX CONCURRENTLY sock_id ON sock (id)')
  expect(await deployMigrations(dir, url)).toHaveLength(2)
  expect(await rows(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'sock_id'::regclass`)).toEqual([
    { indisvalid: true },
  ])
})

test('one of those that fails half-way is kept in the history, and stops the next run', async () => {
  migration('20260101000000_base', 'CREATE TABLE sock (id INT); INSERT INTO sock VALUES (1), (1);')
  migration('20260102000000_index', 'CREATE UNIQUE INDEX CONCURRENTLY sock_id ON sock (id)')
  await expect(deployMigrations(dir, url)).rejects.toThrow(/20260102000000_index failed/)
  expect(await rows(`SELECT logs FROM "_prisma_migrations" WHERE finished_at IS NULL`)).toEqual([
    { logs: expect.stringContaining('could not create unique index') },
  ])
  await expect(deployMigrations(dir, url)).rejects.toThrow(
    'migration 20260102000000_index was not completed: repair the database, then mark it with "prisma migrate resolve"',
  )
  // As `prisma migrate resolve --rolled-back` does.
  await rows(`UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE finished_at IS NULL`)
  await rows('DROP INDEX sock_id; DELETE FROM sock')
  expect(await deployMigrations(dir, url)).toEqual(['20260102000000_index'])
})

test('migrations wait while Prisma applies them, which holds the lock 72707369', async () => {
  migration('20260101000000_base', 'CREATE TABLE sock (id INT);')
  await rows('SELECT pg_advisory_lock(72707369)')
  const applied = deployMigrations(dir, url)
  const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  await expect.poll(async () => (await rows(waiting)).length, { timeout: 30_000 }).toBe(1)
  await rows('SELECT pg_advisory_unlock(72707369)')
  expect(await applied).toEqual(['20260101000000_base'])
})
