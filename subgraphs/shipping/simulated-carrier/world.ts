import type { ClientBase, Pool } from 'pg'
import { type Faults, faultsSchema } from './faults.ts'

/**
 * Sets the speed of time. Scheduled events move accordingly.
 * @param speed factor by which parcels move faster
 */
export async function setSpeed(pool: Pool, speed: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('INSERT INTO world (speed) VALUES ($1) ON CONFLICT DO NOTHING', [speed])
    const { rows } = await client.query<{ speed: number }>('SELECT speed FROM world FOR UPDATE')
    const before = rows[0]?.speed ?? speed
    if (before === speed) return
    await client.query('UPDATE world SET speed = $1', [speed])
    const later = 'now() + (due_at - now()) * $1::float8 / $2::float8'
    await client.query(`UPDATE scan SET due_at = ${later} WHERE due_at > now()`, [before, speed])
    await client.query(
      `UPDATE webhook SET due_at = ${later} WHERE due_at > now() AND delivered_at IS NULL AND attempts = 0`,
      [before, speed],
    )
  })
}

export async function readFaults(client: ClientBase | Pool): Promise<Faults> {
  const { rows } = await client.query<{ faults: unknown }>('SELECT faults FROM world')
  return faultsSchema.parse(rows[0]?.faults ?? {})
}

export async function setFaults(pool: Pool, faults: Faults): Promise<void> {
  await pool.query('UPDATE world SET faults = $1', [JSON.stringify(faults)])
}

/** Runs `work` in one transaction. */
export async function inTransaction<R>(pool: Pool, work: (client: ClientBase) => Promise<R>): Promise<R> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
