import pg from 'pg'

/**
 * Splits a database URL into fields. Never pass the URL itself to the adapter: in `pg` a connection string
 * overrides the `database` field, so the adapter's shadow database would silently be the real one, and be
 * emptied.
 */
export function connectionFields(url: string): pg.ClientConfig {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const sslmode = searchParams.get('sslmode')
  return {
    // The folder of a Unix socket cannot be in the host part of a URL.
    host: searchParams.get('host') ?? hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    database: decodeURIComponent(pathname.slice(1)),
    ssl: sslmode && sslmode !== 'disable' ? { rejectUnauthorized: sslmode === 'verify-full' } : undefined,
  }
}

/** The PostgreSQL schema that a database URL names, as in `?schema=public`. */
export function schemaOf(url: string): string | undefined {
  return new URL(url).searchParams.get('schema') ?? undefined
}

/** Runs one statement on a connection of its own. */
export async function runOnce(config: pg.ClientConfig, sql: string): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * Creates the database of a URL.
 * @returns its name
 */
export async function createTargetDatabase(url: string): Promise<string> {
  const { database = '', ...server } = connectionFields(url)
  await runOnce({ ...server, database: 'postgres' }, `CREATE DATABASE ${pg.escapeIdentifier(database)}`)
  return database
}
