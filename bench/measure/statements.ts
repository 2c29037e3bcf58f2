import type pg from 'pg'
import type { Life } from '../life.ts'
import { type BenchShop, startBenchShop } from '../shop/bench-shop.ts'
import { OWN, openDatabase } from '../shop/databases.ts'

/** SQL statements that clients have sent to all databases of a shop. */
export type Statements = {
  readonly all: number
  /** BEGIN, COMMIT and their like, which are counted in `all` too. */
  readonly transactionControl: number
}

const MODULE = 'pg_stat_statements'

const COUNT = `
SELECT ${OWN} coalesce(sum(calls), 0)::int AS "all",
       coalesce(sum(calls) FILTER (WHERE query ~* '^\\s*(begin|start|commit|rollback|savepoint|release)\\y'), 0)::int
         AS "transactionControl"
  FROM ${MODULE} WHERE query NOT LIKE '%${OWN}%'`

/**
 * Starts a shop anew on its data, with PostgreSQL's own counter of statements in it. Only the settings of this data folder
 * change. The counter costs a little, so CPU time is measured without it.
 */
export async function restartCounting(shop: BenchShop, life: Life): Promise<BenchShop> {
  const before = await openDatabase(shop, 'postgres', life)
  await before.query(`ALTER SYSTEM SET shared_preload_libraries = '${MODULE}'`)
  await before.query(`ALTER SYSTEM SET ${MODULE}.max = 10000`)
  await before.end()
  await shop.stop()
  return startBenchShop({ dataDir: shop.dataDir }, life)
}

/** @param database PostgreSQL's own database of a shop that counts */
export async function statementCounter(database: pg.Client): Promise<() => Promise<Statements>> {
  await database.query(`CREATE EXTENSION IF NOT EXISTS ${MODULE}`)
  return async () => {
    const { rows } = await database.query<Statements>(COUNT)
    const [row] = rows
    if (!row) throw new Error('an aggregate has one row')
    return row
  }
}
