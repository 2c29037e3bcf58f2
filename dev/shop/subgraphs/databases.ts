import { deployMigrations } from '@argyle/kit/migrations'
import pg from 'pg'
import { DEMO_PASSWORD } from '../../seed/customers/user.ts'
import type { Plan, Size } from '../../seed/plan.ts'
import { askForHistory, type HistoryRequest } from '../../seed/replay-events.ts'
import { seedShop } from '../../seed/seed-shop.ts'
import { databasesOf, migrationsOf } from '../outside/outside-servers.ts'
import { ShopFailure } from '../start/failure.ts'
import { databaseOf } from './subgraphs.ts'

/** A PostgreSQL server on which the shop may create databases. */
export type Server = {
  url(database: string): string
  ensureDatabase(name: string): Promise<string>
}

export type Contents = {
  /** `none` leaves the databases empty; null keeps existing data and fills new databases with the demo. */
  readonly size: Size | 'none' | null
  /** Recreates all databases. */
  readonly fresh: boolean
  readonly now: () => number
  readonly onProgress: (line: string) => void
}

/** The seed of every embedded shop: everybody who starts one on the same day gets the same rows. */
const SEED = 1

const DAY = 86_400_000

export type Prepared = {
  /** The plan of the existing seed data; null without any. */
  readonly plan: Plan | null
  /** The requested histories that the start waits for once all subgraphs run. */
  readonly requests: readonly HistoryRequest[]
  /** Requests the histories of the other new readers. */
  askForOthers(): Promise<void>
}

/** Creates, migrates and fills the databases of these subgraphs; existing data is kept. */
export async function prepareDatabases(
  server: Server,
  subgraphs: readonly string[],
  contents: Contents,
): Promise<Prepared> {
  const { size, fresh, now, onProgress } = contents
  const names = databasesOf(subgraphs)
  if (fresh) await dropDatabases(server, names)
  const applied = await Promise.all(
    names.map(async (name) => {
      const url = await server.ensureDatabase(databaseOf(name))
      return (await deployMigrations(migrationsOf(name), url)).length
    }),
  )
  if (applied.some((count) => count > 0)) onProgress('migrated the databases')
  if (size === 'none') return { plan: null, requests: [], askForOthers: async () => {} }
  // The day, not the moment, so that all who start on one day get the same ids.
  const today = Math.floor(now() / DAY) * DAY
  const urlOf = (name: string) => server.url(databaseOf(name))
  const result = await seedShop({
    plan: { seed: SEED, size: size ?? 'demo', today },
    urlOf,
    only: names,
    passwordHash: demoPasswordHash,
    onProgress,
  })
  if (size !== null && result.plan.size !== size)
    throw new ShopFailure(
      `the data folder holds ${result.plan.size} seed data, not ${size}: add --fresh to replace it, or choose another folder with --data`,
    )
  const { plan } = result
  return {
    plan,
    requests: await askForHistory('awaited', subgraphs, urlOf, plan),
    askForOthers: async () => void (await askForHistory('others', subgraphs, urlOf, plan)),
  }
}

/** Imported on demand: a shop with existing data hashes nothing. */
async function demoPasswordHash(): Promise<string> {
  const { hashPassword } = await import('@argyle/users/credential/password-hash')
  return hashPassword(DEMO_PASSWORD)
}

async function dropDatabases(server: Server, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') })
  await client.connect()
  try {
    for (const name of names)
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(databaseOf(name))} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}
