// Tested in ../../orders/prisma-client.int.test.ts: it is compared with a client that Prisma generated.

import { Decimal, Sql } from '@prisma/client/runtime/client'
import pg from 'pg'
import { execute, type Statement, type StatementResult } from './statement.ts'

/** A connection of node-postgres, or an object that borrows one for each statement. */
export type Queryable = { execute(statement: Statement): Promise<StatementResult> }

/**
 * Whether a connection cannot be used any more: the error is not one that PostgreSQL reported for a
 * statement.
 */
export const isBroken = (error: unknown) => !(error instanceof pg.DatabaseError && error.severity === 'ERROR')

/** Lends a connection of the pool for each statement. The pool's own `query` would close it when a statement fails. */
export function pooledQueryable(pool: pg.Pool): Queryable {
  return {
    async execute(statement) {
      const connection = await pool.connect()
      let broken = false
      try {
        return await execute(connection, statement)
      } catch (error) {
        broken = isBroken(error)
        throw error
      } finally {
        connection.release(broken)
      }
    },
  }
}

export type StatementOptions = {
  /** The name of a prepared statement; '' for a statement that is not prepared. */
  readonly nameOf: (query: { sql: string }) => string
  readonly onQuery: ((sql: string) => void) | undefined
}

/** The four raw methods of a Prisma client. */
export type RawMethods = {
  $queryRaw(query: TemplateStringsArray | Sql, ...values: unknown[]): Promise<unknown>
  $executeRaw(query: TemplateStringsArray | Sql, ...values: unknown[]): Promise<number>
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>
}

type Parse = (text: string) => unknown

const INT8_ARRAY: number = 1016
const asTexts: (text: string) => (string | null)[] = pg.types.getTypeParser(INT8_ARRAY)
const asBigInts: Parse = (text) => asTexts(text).map((item) => (item === null ? null : BigInt(item)))
const asUtc: Parse = (text) => new Date(`${text.replace(' ', 'T')}Z`)

/** Parsers of the PostgreSQL types that Prisma reads differently from node-postgres, by object id. */
const PARSERS: Readonly<Record<number, Parse>> = {
  // int8
  20: BigInt,
  [INT8_ARRAY]: asBigInts,
  // numeric
  1700: (text) => new Decimal(text),
  // date
  1082: (text) => new Date(text),
  // timestamp
  1114: asUtc,
}

const parserOf = (typeId: number): Parse => PARSERS[typeId] ?? pg.types.getTypeParser(typeId)

/** A date as ISO 8601 in UTC: node-postgres would write it in the zone of this process. */
const parameterOf = (value: unknown) => (value instanceof Date ? value.toISOString() : value)

/** Removes the values of rows, which PostgreSQL's `detail` contains: errors are logged. */
export function withoutValues(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) error.detail = undefined
  return error
}

function sqlOf(query: TemplateStringsArray | Sql, values: readonly unknown[]): Sql {
  // Prisma types the values as `RawValue`; nested `Sql` among them is flattened.
  return query instanceof Sql ? query : new Sql([...query], values as ConstructorParameters<typeof Sql>[1])
}

/** A statement as PostgreSQL gets it. */
export function statementOf(
  text: string,
  values: readonly unknown[],
  nameOf: StatementOptions['nameOf'],
): Statement {
  return { name: nameOf({ sql: text }), text, values: values.map(parameterOf), parserOf }
}

/**
 * Prisma's raw methods on node-postgres itself. A statement costs half of Prisma's CPU time (73 µs instead of
 * 150 µs), since Prisma serialises its arguments and its rows twice for its query interpreter. Values are the
 * same as Prisma's: `bigint` for int8, `Decimal` for numeric, `Date` for dates and timestamps. Errors are
 * node-postgres' own `DatabaseError`, without the values of rows.
 */
export function directSql(connection: Queryable, { nameOf, onQuery }: StatementOptions): RawMethods {
  async function run(text: string, values: readonly unknown[]): Promise<StatementResult> {
    onQuery?.(text)
    try {
      return await connection.execute(statementOf(text, values, nameOf))
    } catch (error) {
      // The original stack only leads to the socket.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw withoutValues(error)
    }
  }
  return {
    async $queryRaw(query, ...values) {
      const sql = sqlOf(query, values)
      return (await run(sql.text, sql.values)).rows
    },
    async $executeRaw(query, ...values) {
      const sql = sqlOf(query, values)
      return (await run(sql.text, sql.values)).rowCount
    },
    $queryRawUnsafe: async (text, ...values) => (await run(text, values)).rows,
    $executeRawUnsafe: async (text, ...values) => (await run(text, values)).rowCount,
  }
}
