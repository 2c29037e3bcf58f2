import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deployMigrations } from '../database/migrations.ts'
import { copiedDatabase, runSql, type TestDatabase } from './database.ts'

/**
 * A database of an earlier version, migrated to the current one: the older migrations, the rows of that time,
 * then all later migrations, as the start of a service applies them.
 * @param migrations the subgraph's folder of migrations. @param until the last one of that time. @param rows
 * SQL.
 */
export async function oldDatabase(migrations: string, until: string, rows: string): Promise<TestDatabase> {
  const database = await copiedDatabase('test_old')
  const { url } = database
  const older = mkdtempSync(path.join(tmpdir(), 'argyle-old-'))
  try {
    for (const folder of readdirSync(migrations).filter((entry) => /^\d/.test(entry) && entry <= until))
      cpSync(path.join(migrations, folder), path.join(older, folder), { recursive: true })
    await deployMigrations(older, url)
    await runSql(url, rows)
    await deployMigrations(migrations, url)
  } finally {
    rmSync(older, { recursive: true })
  }
  return database
}
