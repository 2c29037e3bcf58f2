import pg from 'pg'
import { copyTables } from './database/copy-table.ts'
import { readMarker, writeMarker } from './database/marker.ts'
import { withoutIndexes } from './database/without-indexes.ts'
import { fillInventory } from './fill-inventory.ts'
import { fillOrders } from './fill-orders.ts'
import { fillPayments, fillSandboxGateway } from './fill-payments.ts'
import { fillProducts } from './fill-products.ts'
import { fillReviews } from './fill-reviews.ts'
import { fillShipping } from './fill-shipping.ts'
import { fillSupport } from './fill-support.ts'
import { fillUsers } from './fill-users.ts'
import type { Filling } from './filling.ts'
import type { Plan } from './plan.ts'

export type SeedOptions = {
  readonly plan: Plan
  /** The connection URL of a subgraph's migrated database. */
  readonly urlOf: (subgraph: string) => string
  /** The subgraphs to fill; all by default. */
  readonly only?: readonly string[]
  /** Called only if there is a database to fill. */
  readonly passwordHash: () => Promise<string>
  readonly onProgress?: (line: string) => void
}

export type SeedResult = {
  /** The plan of the existing data: an older one if some database was filled before. */
  readonly plan: Plan
  /** The subgraphs that this call filled. */
  readonly filled: readonly string[]
}

/** The seed would mix with other data, or with data of another plan. The message says what to do. */
export class SeedRefused extends Error {
  override readonly name = 'SeedRefused'
}

/**
 * Fills each subgraph's database in one transaction; a database that is already filled is kept. If only some
 * are (after an interrupted first start), the rest use the plan of those, so that all ids match.
 */
export async function seedShop(options: SeedOptions): Promise<SeedResult> {
  const { urlOf, only, onProgress = () => {} } = options
  const names = DATABASES.filter((name) => only?.includes(name) ?? true)
  const clients = await connect(names, urlOf)
  try {
    const markers = await Promise.all([...clients.values()].map(readMarker))
    const known = markers.filter((marker) => marker !== null)
    const plan = known[0] ?? options.plan
    if (known.some((other) => !same(other, plan)))
      throw new SeedRefused(
        'The databases hold seed data of different plans: start once with --fresh to make them anew.',
      )
    const missing = names.filter((_, place) => markers[place] === null)
    if (missing.length === 0) return { plan, filled: [] }
    onProgress(`filling ${missing.join(', ')} with ${plan.size} seed data`)
    const passwordHash = missing.includes('users') ? await options.passwordHash() : ''
    const fillings = missing.map((name) => fillingOf(name, passwordHash))
    await Promise.all(fillings.map((filling) => fill(clientOf(clients, filling.database), filling, plan)))
    return { plan, filled: missing }
  } finally {
    await Promise.all([...clients.values()].map((client) => client.end()))
  }
}

/** Every database that is filled: those of the subgraphs, and the sandbox gateway's. */
const DATABASES = [
  'users',
  'products',
  'inventory',
  'reviews',
  'orders',
  'payments',
  'sandbox_gateway',
  'shipping',
  'support',
] as const

function fillingOf(name: (typeof DATABASES)[number], passwordHash: string): Filling {
  switch (name) {
    case 'users':
      return fillUsers(passwordHash)
    case 'products':
      return fillProducts
    case 'inventory':
      return fillInventory
    case 'reviews':
      return fillReviews
    case 'orders':
      return fillOrders
    case 'payments':
      return fillPayments
    case 'sandbox_gateway':
      return fillSandboxGateway
    case 'shipping':
      return fillShipping
    case 'support':
      return fillSupport
  }
}

async function connect(
  names: readonly string[],
  urlOf: SeedOptions['urlOf'],
): Promise<Map<string, pg.Client>> {
  const clients = new Map(names.map((name) => [name, new pg.Client({ connectionString: urlOf(name) })]))
  await Promise.all([...clients.values()].map((client) => client.connect()))
  return clients
}

function clientOf(clients: ReadonlyMap<string, pg.Client>, name: string): pg.Client {
  const client = clients.get(name)
  if (!client) throw new Error(`No connection to the database of ${name}.`)
  return client
}

function same(left: Plan, right: Plan): boolean {
  return left.seed === right.seed && left.size === right.size && left.today === right.today
}

/** 'ARGL': held while one process fills a database; another one waits, and then finds it filled. */
const SEED_LOCK = 0x4152474c

async function fill(client: pg.Client, filling: Filling, plan: Plan): Promise<void> {
  await client.query('BEGIN')
  // Rows and marker are lost together or not at all, and a lost seed is repeated: the commit need not wait
  // for the disk.
  await client.query('SET LOCAL synchronous_commit = off')
  await client.query('SELECT pg_advisory_xact_lock($1)', [SEED_LOCK])
  if (await readMarker(client)) {
    await client.query('ROLLBACK')
    return
  }
  await requireEmpty(client, filling)
  const copy = () => copyTables(client, filling.tables, filling.rows(plan))
  if (plan.size === 'large' && !filling.keepsIndexes) await withoutIndexes(client, copy)
  else await copy()
  for (const sql of filling.afterwards ?? []) await client.query(sql)
  await writeMarker(client, plan)
  await client.query('COMMIT')
  // The planner needs statistics of the new rows.
  await client.query('ANALYZE')
}

async function requireEmpty(client: pg.Client, { database, tables }: Filling): Promise<void> {
  const first = tables[0]?.name
  const { rowCount } = await client.query(`SELECT FROM "${first}" LIMIT 1`)
  if (rowCount)
    throw new SeedRefused(
      `The database of ${database} holds rows that the seed did not write: start with --size none to keep it as it is, or with --fresh to make all databases anew.`,
    )
}
