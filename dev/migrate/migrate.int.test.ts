import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { deployMigrations } from '@argyle/kit/migrations'
import { copyStatement, testServer } from '@argyle/kit/testing/database'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runningPostgres } from '../postgres/running-postgres.ts'
import { prismaEnvironment } from '../prisma-schema-engine/config.ts'
import { root } from '../repository.ts'

const schema = `
generator client {
  provider            = "prisma-client"
  output              = "../../subgraphs/socks/generated/prisma"
  moduleFormat        = "esm"
  importFileExtension = "ts"
}
datasource db {
  provider = "postgresql"
}
model Sock {
  id   String @id
  size Int
  @@map("sock")
}
`
// A comment and a function body with semicolons: a script that is split at semicolons fails.
const base = `-- The first table; there will be more.
CREATE TABLE "sock" ("id" TEXT NOT NULL, "size" INTEGER NOT NULL, CONSTRAINT "sock_pkey" PRIMARY KEY ("id"));
CREATE FUNCTION "larger"(size INTEGER) RETURNS INTEGER LANGUAGE plpgsql AS $$ BEGIN size := size + 1; RETURN size; END $$;
`

let copy: string
let url: string
let database: pg.Client

async function asAdmin(sql: string): Promise<pg.QueryResult> {
  const admin = new pg.Client({ connectionString: testServer() })
  await admin.connect()
  try {
    return await admin.query(sql)
  } finally {
    await admin.end()
  }
}

/** A copy of the repository with one subgraph, whose prisma folder is writable. */
function makeCopy(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-migrate-'))
  for (const name of ['dev', 'prisma.config.ts', 'package.json']) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true })
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  mkdirSync(path.join(folder, 'subgraphs', 'socks'), { recursive: true })
  writeFileSync(path.join(folder, 'subgraphs', 'socks', 'package.json'), '{}')
  mkdirSync(path.join(folder, 'prisma', 'socks', 'migrations', '20260101000000_base'), { recursive: true })
  writeFileSync(path.join(folder, 'prisma', 'socks', 'schema.prisma'), schema)
  const migrations = path.join(folder, 'prisma', 'socks', 'migrations')
  writeFileSync(path.join(migrations, 'migration_lock.toml'), 'provider = "postgresql"\n')
  writeFileSync(path.join(migrations, '20260101000000_base', 'migration.sql'), base)
  return folder
}

beforeEach(async () => {
  copy = makeCopy()
  const name = `test_migrate_${randomUUID().replaceAll('-', '')}`
  await asAdmin(copyStatement(name))
  url = Object.assign(new URL(testServer()), { pathname: `/${name}` }).href
  database = new pg.Client({ connectionString: url })
  await database.connect()
})

afterEach(async () => {
  await database.end()
  await asAdmin(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
  rmSync(copy, { recursive: true })
})

const inPrisma = (...parts: string[]) => path.join(copy, 'prisma', 'socks', ...parts)

async function migrate(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['dev/migrate.ts', 'socks', ...args], {
    cwd: copy,
    env: prismaEnvironment({ DATABASE_URL: url }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, output: stdout + stderr }
}

test('Prisma counts what our own runner applied, and the runner what Prisma applied', async () => {
  expect(await deployMigrations(inPrisma('migrations'), url)).toEqual(['20260101000000_base'])
  expect(await migrate('status')).toEqual({
    code: 0,
    output: expect.stringContaining('Database schema is up to date!'),
  })

  mkdirSync(inPrisma('migrations', '20260102000000_index'))
  writeFileSync(
    inPrisma('migrations', '20260102000000_index', 'migration.sql'),
    'CREATE INDEX ON "sock" ("size");',
  )
  expect(await migrate('status')).toEqual({
    code: 1,
    output: expect.stringContaining('20260102000000_index'),
  })
  expect(await migrate('deploy')).toEqual({
    code: 0,
    output: expect.stringContaining('successfully applied'),
  })
  expect(await deployMigrations(inPrisma('migrations'), url)).toEqual([])
})

test('dev writes a migration for the changed schema, applies it, and tries it in a database that is not this one', async () => {
  await deployMigrations(inPrisma('migrations'), url)
  await database.query(`INSERT INTO sock VALUES ('a', 38)`)
  appendFileSync(inPrisma('schema.prisma'), 'model Shoe {\n  id String @id\n  @@map("shoe")\n}\n')

  expect(await migrate('dev', '--name', 'add-shoe')).toMatchObject({ code: 0 })
  const [, added = ''] = readdirSync(inPrisma('migrations')).sort()
  expect(added).toMatch(/^\d{14}_add_shoe$/)
  expect(readFileSync(inPrisma('migrations', added, 'migration.sql'), 'utf8')).toContain(
    'CREATE TABLE "shoe"',
  )
  // If the shadow database were the real one, the row would be lost.
  expect(
    (await database.query('SELECT larger(size) AS larger FROM sock, (SELECT count(*) FROM shoe)')).rows,
  ).toEqual([{ larger: 39 }])
  // Other tests may have a shadow database at this moment, which they drop; one that is left stays.
  const shadows = () =>
    asAdmin(`SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db%'`)
  const left = new Set((await shadows()).rows.map(({ datname }) => datname))
  await expect
    .poll(async () => (await shadows()).rows.filter(({ datname }) => left.has(datname)), { timeout: 120_000 })
    .toEqual([])
  expect(readdirSync(path.join(copy, 'subgraphs/socks/generated/prisma/models'))).toContain('Shoe.ts')
})

test('dev applies what is pending first, and makes no partial index again', async () => {
  writeFileSync(
    inPrisma('schema.prisma'),
    schema
      .replace('moduleFormat', 'previewFeatures = ["partialIndexes"]\n  moduleFormat')
      .replace(
        '@@map',
        '@@index([size], map: "large_idx", where: raw("(size > 42)"))\n  @@unique([size], map: "tiny_key", where: raw("(size < 9)"))\n  @@map',
      ),
  )
  appendFileSync(
    inPrisma('migrations', '20260101000000_base', 'migration.sql'),
    'CREATE INDEX "large_idx" ON "sock" ("size") WHERE "size" > 42; CREATE UNIQUE INDEX "tiny_key" ON "sock" ("size") WHERE "size" < 9;',
  )
  expect(await migrate('dev')).toMatchObject({ code: 0, output: expect.stringContaining('is now in sync') })
  appendFileSync(inPrisma('schema.prisma'), 'model Shoe {\n  id String @id\n  @@map("shoe")\n}\n')
  expect(await migrate('dev', '--name', 'add-shoe', '--create-only')).toMatchObject({ code: 0 })
  const [, added = '', more] = readdirSync(inPrisma('migrations')).sort()
  expect(more).toBe('migration_lock.toml')
  const sql = readFileSync(inPrisma('migrations', added, 'migration.sql'), 'utf8')
  expect(sql.match(/CREATE \w+ \S+/g)).toEqual(['CREATE TABLE "shoe"'])
})

test('dev fails with what remains to be done if the code cannot be generated', async () => {
  writeFileSync(path.join(copy, 'subgraphs/socks/generated'), 'not a folder')
  expect(await migrate('dev')).toEqual({
    code: 1,
    output: expect.stringContaining('but the code of socks was not generated: npm run generate'),
  })
})

test('diff prints the SQL that the migrations lack', async () => {
  expect((await migrate('diff')).output).toContain('-- This is an empty migration.')
  appendFileSync(inPrisma('schema.prisma'), 'model Shoe {\n  id String @id\n}\n')
  expect((await migrate('diff')).output).toContain('CREATE TABLE "Shoe"')
})

test('reset empties the database and applies every migration', async () => {
  await deployMigrations(inPrisma('migrations'), url)
  await database.query(`INSERT INTO sock VALUES ('a', 38)`)
  expect(await migrate('reset', '--force')).toMatchObject({ code: 0 })
  expect((await database.query('SELECT larger(1), (SELECT count(*)::int FROM sock) AS socks')).rows).toEqual([
    { larger: 2, socks: 0 },
  ])
})

test('a migration that fails is named with what the database said', async () => {
  writeFileSync(
    inPrisma('migrations', '20260101000000_base', 'migration.sql'),
    'CREATE TABLE "sock" ("id" NONSENSE);',
  )
  const run = await migrate('deploy')
  expect(run.code).toBe(1)
  expect(run.output).toContain('20260101000000_base')
  expect(run.output).toContain('type "nonsense" does not exist')
})

test('without a given database, the embedded server runs until the command has ended', async () => {
  const given = url
  url = ''
  const run = await migrate('deploy')
  url = given
  expect(run).toEqual({ code: 0, output: expect.stringContaining('successfully applied') })
  expect(await runningPostgres(path.join(copy, '.data', 'postgres'))).toBeUndefined()
})

test('a missing database is created, one that cannot be reached is reported', async () => {
  url = Object.assign(new URL(url), { pathname: `/test_migrate_${randomUUID().replaceAll('-', '')}` }).href
  expect(await migrate('deploy')).toMatchObject({ code: 0 })
  await database.end()
  database = new pg.Client({ connectionString: url })
  await database.connect()
  expect((await database.query('SELECT count(*)::int AS count FROM sock')).rows).toEqual([{ count: 0 }])

  const right = url
  url = Object.assign(new URL(url), { port: '1' }).href
  expect(await migrate('deploy')).toEqual({ code: 1, output: expect.stringContaining('127.0.0.1:1') })
  url = right
})
