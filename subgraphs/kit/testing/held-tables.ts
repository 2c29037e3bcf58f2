import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** Tables that are written before a decision is made. */
const UNHELD = ['_prisma_migrations', 'idempotency_record', 'inbox_message', 'throttle']
const TABLES = `
SELECT string_agg(oid::regclass::text, ', ') AS names FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1)`
// Within a transaction the view of all sessions is read once.
const FORGET_SESSIONS = 'SELECT pg_stat_clear_snapshot()'
const WAITING = `
SELECT count(DISTINCT pid)::int AS count FROM pg_locks
 WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`

/** Time after which the tables are released whether or not all works wait: one may wait for something else. */
const LONGEST_MS = 2_000

/**
 * Starts works together while another session keeps their tables from being written, until so many sessions wait for locks or a work has
 * ended. All works have then read what they decide by, unless a lock keeps them from it: a race without its lock is lost each time.
 */
export async function withHeldTables<T>(
  databaseUrl: string,
  sessions: number,
  works: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ names: string }>(TABLES, [UNHELD])
    await client.query('BEGIN')
    await client.query(`LOCK TABLE ${rows[0]?.names} IN SHARE MODE`)
    const started = works.map((work) => work())
    await allWait(client, Math.min(sessions, works.length), started)
    await client.query('COMMIT')
    return await Promise.all(started)
  } finally {
    await client.end()
  }
}

async function allWait(
  client: pg.Client,
  count: number,
  started: readonly Promise<unknown>[],
): Promise<void> {
  let hasEnded = false
  const noteEnd = () => {
    hasEnded = true
  }
  for (const work of started) work.then(noteEnd, noteEnd)
  for (const until = Date.now() + LONGEST_MS; !hasEnded && Date.now() < until; await pause(5)) {
    await client.query(FORGET_SESSIONS)
    const { rows } = await client.query<{ count: number }>(WAITING)
    if ((rows[0]?.count ?? 0) >= count) return
  }
  if (!hasEnded)
    console.log(
      'HELD-TIMEOUT',
      new Error('x').stack?.split('\n').find((line) => /test\.ts/.test(line)),
    )
}
