import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** Tables that are written before a decision is made. */
const UNHELD = ['_prisma_migrations', 'idempotency_record', 'inbox_message', 'throttle']
const TABLES = `
SELECT string_agg(oid::regclass::text, ', ') AS names FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1)`
// Within a transaction the view of all sessions is read once.
const FORGET_SESSIONS = 'SELECT pg_stat_clear_snapshot()'
// The wait of a session that makes a table longer ends by itself.
const WAITING = `
SELECT count(DISTINCT pid)::int AS count FROM pg_locks
 WHERE NOT granted AND locktype <> 'extend' AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`

/** Longest time until all works wait. */
const MAX_MS = 30_000

/**
 * Starts works together while another session prevents writes to their tables, until this many sessions wait
 * for locks or a work has ended. All works have then read the data of their decisions, unless a lock prevents
 * it. So a race without its lock fails each time.
 * @throws Error if neither happens within `longestMs`: then the test shows nothing about the race
 */
export async function withHeldTables<T>(
  databaseUrl: string,
  sessions: number,
  works: readonly (() => Promise<T>)[],
  longestMs = MAX_MS,
): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ names: string }>(TABLES, [UNHELD])
    await client.query('BEGIN')
    await client.query(`LOCK TABLE ${rows[0]?.names} IN SHARE MODE`)
    const started = works.map((work) => work())
    await allWait(client, Math.min(sessions, works.length), { started, longestMs }).finally(() =>
      client.query('COMMIT'),
    )
    return await Promise.all(started)
  } finally {
    await client.end()
  }
}

async function allWait(
  client: pg.Client,
  count: number,
  { started, longestMs }: { readonly started: readonly Promise<unknown>[]; readonly longestMs: number },
): Promise<void> {
  let hasEnded = false
  const noteEnd = () => {
    hasEnded = true
  }
  for (const work of started) work.then(noteEnd, noteEnd)
  for (const until = Date.now() + longestMs; !hasEnded; await pause(5)) {
    await client.query(FORGET_SESSIONS)
    const { rows } = await client.query<{ count: number }>(WAITING)
    const waiting = rows[0]?.count ?? 0
    if (waiting >= count) return
    if (Date.now() >= until)
      throw new Error(`${waiting} of ${count} sessions wait for locks after ${longestMs} ms`)
  }
}
