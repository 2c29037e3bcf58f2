import path from 'node:path'
import { deployMigrations } from '@argyle/kit/migrations'
import pg from 'pg'
import { root } from '../repository.ts'
import type { Plan, Size } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'
import { DEMO_PASSWORD } from '../seed/user.ts'
import { ShopFailure } from './failure.ts'
import { databaseOf } from './subgraphs.ts'

/** A PostgreSQL server that the shop may make databases on. */
export type Server = {
  url(database: string): string
  ensureDatabase(name: string): Promise<string>
}

export type Contents = {
  /** `none` leaves the databases empty; null keeps what is there and fills new ones with the demo. */
  readonly size: Size | 'none' | null
  /** Makes all databases anew. */
  readonly fresh: boolean
  readonly now: () => number
  readonly onProgress: (line: string) => void
}

/** The seed of every embedded shop: the same rows for everybody who starts one on the same day. */
const SEED = 1

const DAY = 86_400_000

/**
 * Makes, migrates and fills the databases of these subgraphs; what is there already is left as it is.
 * @returns the plan of the seed data that is there now; null without any
 */
export async function prepareDatabases(
  server: Server,
  names: readonly string[],
  contents: Contents,
): Promise<Plan | null> {
  const { size, fresh, now, onProgress } = contents
  if (fresh) await dropDatabases(server, names)
  const applied = await Promise.all(
    names.map(async (name) => {
      const url = await server.ensureDatabase(databaseOf(name))
      return (await deployMigrations(path.join(root, 'prisma', name, 'migrations'), url)).length
    }),
  )
  if (applied.some((count) => count > 0)) onProgress('migrated the databases')
  if (size === 'none') return null
  // The day, not the moment: ids stay the same for all who start on it.
  const today = Math.floor(now() / DAY) * DAY
  const result = await seedShop({
    plan: { seed: SEED, size: size ?? 'demo', today },
    urlOf: (name) => server.url(databaseOf(name)),
    only: names,
    passwordHash: demoPasswordHash,
    onProgress,
  })
  if (size !== null && result.plan.size !== size)
    throw new ShopFailure(
      `the data folder holds ${result.plan.size} seed data, not ${size}: add --fresh to replace it, or choose another folder with --data`,
    )
  return result.plan
}

/** Imported on demand: a shop that is filled hashes nothing. */
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
