import type pg from 'pg'
import type { PrismaLike, Tx } from '../database/database.ts'
import { FairPool } from '../database/fair-pool.ts'
import { copiedDatabase, MAX_WAIT_MS, templateOf } from './database.ts'

export type BareDatabase = {
  readonly url: string
  readonly prisma: PrismaLike
  /** Also disconnects open sessions. */
  drop(): Promise<void>
}

/** Prisma's timestamps and JSON work with node-postgres unchanged; only the form of the call differs. */
function txOf(client: pg.Pool | pg.PoolClient): Tx {
  return {
    async $queryRawUnsafe<T>(sql: string, ...values: unknown[]) {
      // The caller states the row type of its own statement, as with Prisma.
      return (await client.query(sql, values)).rows as T
    },
    async $executeRawUnsafe(sql, ...values) {
      return (await client.query(sql, values)).rowCount ?? 0
    },
  }
}

async function transaction<R>(pool: pg.Pool, work: (tx: Tx) => Promise<R>): Promise<R> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(txOf(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** A minimal Prisma client on node-postgres, for subgraphs without a Prisma schema. */
export function barePrisma(url: string, statementMs?: number): PrismaLike {
  const pool = new FairPool({
    ...{ connectionString: url, max: 8 },
    ...{ statement_timeout: statementMs, connectionTimeoutMillis: MAX_WAIT_MS },
  })
  // The server ends sessions when their database is dropped; the next query reports it.
  pool.on('error', () => {})
  let ended: Promise<void> | undefined
  return {
    ...txOf(pool),
    $transaction: (work) => transaction(pool, work),
    $disconnect() {
      ended ??= pool.end()
      return ended
    },
  }
}

/** A database with the kit's own tables only. */
export async function bareDatabase(): Promise<BareDatabase> {
  const database = await copiedDatabase('test_kit', templateOf('kit'))
  const { url } = database
  const prisma = barePrisma(url)
  let dropped: Promise<void> | undefined
  const drop = async () => {
    await prisma.$disconnect()
    await database.drop()
  }
  return {
    url,
    prisma,
    drop() {
      dropped ??= drop()
      return dropped
    },
  }
}
