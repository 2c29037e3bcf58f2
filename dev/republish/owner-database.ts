import type { Tx } from '@argyle/kit/database'
import pg from 'pg'

/** The owner's database as the kit's functions take it. */
export type OwnerDatabase = Tx & { close(): Promise<void> }

export async function openOwnerDatabase(url: string): Promise<OwnerDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return { ...statementsOn(client), close: () => client.end() }
}

/** The raw methods of a Prisma client, on a connection of node-postgres. */
export function statementsOn(client: pg.ClientBase): Tx {
  return {
    async $queryRawUnsafe<T>(sql: string, ...values: unknown[]) {
      const { rows } = await client.query(sql, values)
      // The caller knows what its statement selects, as with Prisma.
      return rows as T
    },
    $executeRawUnsafe: async (sql, ...values) => (await client.query(sql, values)).rowCount ?? 0,
  }
}
