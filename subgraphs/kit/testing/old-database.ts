import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { deployMigrations } from '../database/migrations.ts'
import { environment } from '../service/config.ts'
import type { TestDatabase } from './database.ts'

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * A database as a version before had it, brought up to date: the older migrations, the rows of that time, then all migrations
 * since, as the start of a service applies them.
 * @param migrations the subgraph's folder of migrations. @param until the last one of that time. @param rows SQL.
 */
export async function oldDatabase(migrations: string, until: string, rows: string): Promise<TestDatabase> {
  const { ARGYLE_TEST_POSTGRES_URL: adminUrl } = environment()
  if (!adminUrl) throw new Error('ARGYLE_TEST_POSTGRES_URL is not set: run the tests with `npm test`')
  const name = `test_old_${randomUUID().replaceAll('-', '')}`
  await run(adminUrl, `CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href
  const older = mkdtempSync(path.join(tmpdir(), 'argyle-old-'))
  try {
    for (const folder of readdirSync(migrations).filter((entry) => /^\d/.test(entry) && entry <= until))
      cpSync(path.join(migrations, folder), path.join(older, folder), { recursive: true })
    await deployMigrations(older, url)
    await run(url, rows)
    await deployMigrations(migrations, url)
  } finally {
    rmSync(older, { recursive: true })
  }
  return { url, drop: () => run(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`) }
}
