import pg from 'pg'
import { runningPostgres } from '../../dev/postgres/running-postgres.ts'
import { readMarker } from '../../dev/seed/database/marker.ts'
import type { Plan } from '../../dev/seed/plan.ts'
import { postgresFolder } from '../../dev/shop/subgraphs/server.ts'
import { databaseOf } from '../../dev/shop/subgraphs/subgraphs.ts'
import { postgresAt } from '../../dev/stack/servers.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { Running } from './bench-shop.ts'

/** Marks the benchmark's own statements, which are not counted. */
export const OWN = '/* bench */'

/** A connection to one database of a shop: a subgraph's, or PostgreSQL's own, `postgres`. */
export async function openDatabase(shop: Where, name: string, life: Life): Promise<pg.Client> {
  const database = name === 'postgres' ? name : databaseOf(name)
  const connection = new pg.Client({ connectionString: await urlOf(shop, database) })
  // On an interrupt the server ends before the benchmark does.
  connection.on('error', () => {})
  await connection.connect()
  life.own(() => connection.end())
  return connection
}

type Where = Pick<Running, 'dataDir' | 'postgresUrl'>

async function urlOf({ dataDir, postgresUrl }: Where, database: string): Promise<string> {
  if (postgresUrl !== undefined) return postgresAt(postgresUrl).url(database)
  const server = await runningPostgres(postgresFolder(dataDir))
  if (!server) throw new BenchFailure(`no PostgreSQL runs on ${dataDir}`)
  return server.url(database)
}

/** The plan of the shop's seed data. */
export async function planOf(shop: Where, life: Life): Promise<Plan> {
  const plan = await readMarker(await openDatabase(shop, 'users', life))
  if (!plan) throw new BenchFailure('the shop holds no seed data')
  return plan
}
