import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { postgresFolder } from '../../dev/shop/subgraphs/server.ts'
import type { Life } from '../life.ts'
import type { BenchShop } from '../shop/bench-shop.ts'
import { OWN, openDatabase } from '../shop/databases.ts'
import { countStatements, LINE_PREFIX, type Statements } from './statement-log.ts'

/** Counts the statements sent to PostgreSQL during some work. */
export type StatementCounter = (work: () => Promise<void>) => Promise<Statements>

/**
 * Makes a shop's PostgreSQL log every statement, and counts them in the log: pg_stat_statements omits BEGIN
 * and COMMIT of prepared statements. Logging costs CPU time, so measure that first.
 */
export async function statementCounter(shop: BenchShop, life: Life): Promise<StatementCounter> {
  const database = await openDatabase(shop, 'postgres', life)
  await database.query(`ALTER SYSTEM SET log_line_prefix = '${LINE_PREFIX}'`)
  await database.query(`ALTER SYSTEM SET log_statement = 'all'`)
  await database.query('SELECT pg_reload_conf()')
  const file = path.join(postgresFolder(shop.dataDir), 'server.log')
  return async (work) => {
    const from = statSync(file).size
    await work()
    return countStatements(textFrom(file, from), OWN)
  }
}

function textFrom(file: string, from: number): string {
  const log = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(fstatSync(log).size - from)
    const length = readSync(log, buffer, 0, buffer.length, from)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(log)
  }
}
