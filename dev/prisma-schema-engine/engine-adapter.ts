import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { connectionFields, runOnce, schemaOf } from './connection.ts'
import { internalCharColumns } from './internal-char.ts'

/** Prisma's adapter for PostgreSQL, with fixes for features that only the schema engine needs. */
export function engineAdapterFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  const schema = schemaOf(url)
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(connectionFields(url), schema),
    connectToShadowDb: () => openShadow(connectionFields(url), schema),
  }
}

async function open(config: pg.PoolConfig, schema: string | undefined): Promise<SqlDriverAdapter> {
  // Sessions that end while idle, e.g. because their database was dropped, are not failures.
  const quiet = { onPoolError: () => {}, onConnectionError: () => {} }
  const adapter = await new PrismaPg(config, { schema, ...quiet }).connect()
  const startTransaction = adapter.startTransaction.bind(adapter)
  return Object.assign(adapter, {
    queryRaw: queryWithChar(adapter),
    // The adapter's own version splits scripts at every semicolon, also in comments, strings and function
    // bodies. Without parameters, `pg` uses the simple query protocol, which takes several statements.
    executeScript: async (script: string) =>
      void (await adapter.executeRaw({ sql: script, args: [], argTypes: [] })),
    startTransaction: async (...args: Parameters<typeof startTransaction>) => {
      const transaction = await startTransaction(...args)
      return Object.assign(transaction, { queryRaw: queryWithChar(transaction) })
    },
  })
}

/** The engine reads "char" columns as characters, not as text. */
function queryWithChar(queryable: SqlQueryable): SqlQueryable['queryRaw'] {
  const queryRaw = queryable.queryRaw.bind(queryable)
  return async (query) => {
    const result = await queryRaw(query)
    for (const column of internalCharColumns(result.rows))
      result.columnTypes[column] = ColumnTypeEnum.Character
    return result
  }
}

/** A new shadow database, dropped by force: a pooled session of the engine may still use it. */
async function openShadow(config: pg.PoolConfig, schema: string | undefined): Promise<SqlDriverAdapter> {
  const database = `prisma_migrate_shadow_db_${randomUUID()}`
  await runOnce(config, `CREATE DATABASE "${database}"`)
  const adapter = await open({ ...config, database }, schema)
  const dispose = adapter.dispose.bind(adapter)
  return Object.assign(adapter, {
    dispose: async () => {
      await dispose()
      await runOnce(config, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
    },
  })
}
