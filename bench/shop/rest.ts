import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { SUBGRAPH_NAMES } from '../../dev/shop/subgraphs.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { BenchShop } from './bench-shop.ts'
import { OWN, openDatabase } from './databases.ts'

const WAITING = `SELECT ${OWN} count(*)::int AS waiting FROM outbox_message WHERE published_at IS NULL`
const UNDER_WAY = `SELECT ${OWN} count(*)::int AS waiting FROM orders WHERE status IN ('PENDING', 'CANCELLING')`

const LOOK_MS = 50

/**
 * Waits until a shop is idle: no pending order, no message in an outbox. It polls the databases twenty times
 * a second, which costs the shop almost nothing.
 */
export async function restOf(shop: BenchShop, life: Life): Promise<(patienceMs?: number) => Promise<void>> {
  const databases = await Promise.all(
    SUBGRAPH_NAMES.map(async (name) => ({ name, database: await openDatabase(shop, name, life) })),
  )
  const look = async () => {
    const counts = await Promise.all(
      databases.flatMap(({ name, database }) => [
        waiting(database, WAITING),
        name === 'orders' ? waiting(database, UNDER_WAY) : 0,
      ]),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  return async (patienceMs = 60_000) => {
    const deadline = performance.now() + patienceMs
    while ((await look()) > 0) {
      life.signal.throwIfAborted()
      if (performance.now() > deadline)
        throw new BenchFailure(`the shop is not at rest after ${patienceMs} ms`)
      await sleep(LOOK_MS)
    }
  }
}

async function waiting(database: pg.Client, sql: string): Promise<number> {
  const { rows } = await database.query<{ waiting: number }>(sql)
  return rows[0]?.waiting ?? 0
}
