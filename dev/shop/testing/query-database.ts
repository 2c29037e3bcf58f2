import pg from 'pg'

/** Runs statements in the database of a URL, on a connection of their own. @returns the rows of one statement */
export async function queryDatabase(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
