import pg from 'pg'

/** The owner's database as the kit's functions take it. */
export type OwnerDatabase = {
  $queryRawUnsafe<T>(sql: string, ...values: unknown[]): Promise<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>
  close(): Promise<void>
}

export async function openOwnerDatabase(url: string): Promise<OwnerDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    async $queryRawUnsafe<T>(sql: string, ...values: unknown[]) {
      const { rows } = await client.query(sql, values)
      // The caller knows what its statement selects, as with Prisma.
      return rows as T
    },
    $executeRawUnsafe: async (sql, ...values) => (await client.query(sql, values)).rowCount ?? 0,
    close: () => client.end(),
  }
}
