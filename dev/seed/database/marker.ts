import type { ClientBase } from 'pg'
import { type Plan, SIZES } from '../plan.ts'

/**
 * A row that records that the database is filled, and by which plan. It is in a separate schema, so that
 * Prisma does not consider it a change of the subgraph's tables. It is written with the rows, so that an
 * interrupted seed leaves neither.
 */
const TABLE = `
  CREATE SCHEMA IF NOT EXISTS seed;
  CREATE TABLE IF NOT EXISTS seed.filled (
    single BOOLEAN PRIMARY KEY DEFAULT true CHECK (single),
    seed INTEGER NOT NULL,
    size TEXT NOT NULL,
    today TIMESTAMPTZ NOT NULL
  )`

/** The plan that a database was filled by; null if it was not. */
export async function readMarker(client: ClientBase): Promise<Plan | null> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('seed.filled') IS NOT NULL AS there`,
  )
  if (!found[0]?.there) return null
  const { rows } = await client.query<{ seed: number; size: string; today: Date }>(
    'SELECT seed, size, today FROM seed.filled',
  )
  const [row] = rows
  if (!row) return null
  const size = SIZES.find((known) => known === row.size)
  if (!size)
    throw new Error(`The database was filled with a size that this version does not know: ${row.size}.`)
  return { seed: row.seed, size, today: row.today.getTime() }
}

export async function writeMarker(client: ClientBase, { seed, size, today }: Plan): Promise<void> {
  await client.query(TABLE)
  await client.query('INSERT INTO seed.filled (seed, size, today) VALUES ($1, $2, $3)', [
    seed,
    size,
    new Date(today),
  ])
}
