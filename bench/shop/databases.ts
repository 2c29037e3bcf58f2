import pg from 'pg'
import { runningPostgres } from '../../dev/postgres/running-postgres.ts'
import { readMarker } from '../../dev/seed/database/marker.ts'
import type { Plan } from '../../dev/seed/plan.ts'
import { postgresFolder } from '../../dev/shop/subgraphs/server.ts'
import { databaseOf } from '../../dev/shop/subgraphs/subgraphs.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { BenchShop } from './bench-shop.ts'

/** Marks the benchmark's own statements, which are not counted. */
export const OWN = '/* bench */'

/** A connection to one database of a shop: a subgraph's, or PostgreSQL's own, `postgres`. */
export async function openDatabase(shop: BenchShop, name: string, life: Life): Promise<pg.Client> {
  const server = await runningPostgres(postgresFolder(shop.dataDir))
  if (!server) throw new BenchFailure(`no PostgreSQL runs on ${shop.dataDir}`)
  const connection = new pg.Client({
    connectionString: server.url(name === 'postgres' ? name : databaseOf(name)),
  })
  // On an interrupt the server ends before the benchmark does.
  connection.on('error', () => {})
  await connection.connect()
  life.own(() => connection.end())
  return connection
}

/** The plan of the shop's seed data. */
export async function planOf(shop: BenchShop, life: Life): Promise<Plan> {
  const plan = await readMarker(await openDatabase(shop, 'users', life))
  if (!plan) throw new BenchFailure('the shop holds no seed data')
  return plan
}
