import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'

// The advisory lock of Prisma's `migrate deploy`, so that the two exclude each other.
const MIGRATION_LOCK = 72707369

// Prisma's own table, so that its CLI and this runner read each other's history.
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

type Migration = { name: string; sql: string; checksum: string }
type HistoryRow = { migration_name: string; checksum: string; finished_at: Date | null }

/**
 * Applies pending migrations, as Prisma's `migrate deploy` does, without its CLI or engine. Several services
 * may do it concurrently: the first applies them, the others wait and find nothing pending.
 * @param dir the folder with one folder per migration, for example `prisma/orders/migrations`
 * @param url the database, which must exist
 * @returns the names of the migrations that were applied, in order
 * @throws Error naming the migration if one fails, was edited after it was applied, or was applied partly
 */
export async function deployMigrations(dir: string, url: string): Promise<string[]> {
  const migrations = readMigrations(dir)
  // Commits do not wait for the disk. If the server crashes, lost migrations are applied again.
  const client = new pg.Client({ connectionString: url, options: '-c synchronous_commit=off' })
  // A session that the server ends is reported by the next statement.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(HISTORY_TABLE)
    const pending = pendingOf(migrations, await history(client))
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  } finally {
    await client.end() // Ending the session releases its lock.
  }
}

function readMigrations(dir: string): Migration[] {
  const fileOf = (name: string) => path.join(dir, name, 'migration.sql')
  return readdirSync(dir)
    .filter((name) => existsSync(fileOf(name)))
    .sort()
    .map((name) => {
      const bytes = readFileSync(fileOf(name))
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
    })
}

async function history(client: pg.Client): Promise<HistoryRow[]> {
  const { rows } = await client.query<HistoryRow>(
    `SELECT migration_name, checksum, finished_at FROM "_prisma_migrations"
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
  return rows
}

function pendingOf(migrations: readonly Migration[], done: readonly HistoryRow[]): Migration[] {
  const unfinished = done.find((row) => row.finished_at === null)
  if (unfinished) {
    throw new Error(
      `migration ${unfinished.migration_name} was not completed: repair the database, then mark it with "prisma migrate resolve"`,
    )
  }
  const checksums = new Map(done.map((row) => [row.migration_name, row.checksum]))
  for (const { name, checksum } of migrations) {
    const applied = checksums.get(name)
    if (applied !== undefined && applied !== checksum) {
      throw new Error(
        `migration ${name} was edited after it was applied: undo the edit, and put the change in a new migration`,
      )
    }
  }
  return migrations.filter(({ name }) => !checksums.has(name))
}

/** Applies one migration and its history row in one transaction: a killed process leaves neither. */
async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const id = randomUUID()
  try {
    await client.query(`BEGIN; ${startRecord(id, migration)}`)
    await client.query(migration.sql)
    await client.query(`${endRecord(id)}; COMMIT`)
  } catch (error) {
    await client.query('ROLLBACK')
    if (error instanceof pg.DatabaseError && error.code === NOT_IN_A_TRANSACTION)
      return applyInSteps(client, migration)
    throw failed(migration, error)
  }
}

// The error of `CREATE INDEX CONCURRENTLY` and similar statements inside a transaction.
const NOT_IN_A_TRANSACTION = '25001'

/** Inserts the history row first, as Prisma does, so that the next run detects a partly applied migration. */
async function applyInSteps(client: pg.Client, migration: Migration): Promise<void> {
  const id = randomUUID()
  await client.query(startRecord(id, migration))
  try {
    await client.query(migration.sql)
  } catch (error) {
    const log = failed(migration, error)
    await client.query(`UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1`, [id, log.message])
    throw log
  }
  await client.query(endRecord(id))
}

/** The statement that inserts the history row of a migration. */
function startRecord(id: string, { name, checksum }: Migration): string {
  const values = [id, checksum, name].map(pg.escapeLiteral).join(', ')
  // Use clock_timestamp: Prisma orders by the start, and now() is constant inside a transaction.
  return `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at) VALUES (${values}, clock_timestamp())`
}

/** The statement that marks a migration as applied. */
function endRecord(id: string): string {
  return `UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = ${pg.escapeLiteral(id)}`
}

function failed(migration: Migration, error: unknown): Error {
  const { message, position } =
    error instanceof pg.DatabaseError ? error : { message: String(error), position: undefined }
  const line = position ? migration.sql.slice(0, Number(position) - 1).split('\n').length : undefined
  return new Error(`migration ${migration.name} failed${line ? ` at line ${line}` : ''}: ${message}`, {
    cause: error,
  })
}
