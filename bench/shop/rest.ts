import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { SUBGRAPH_NAMES } from '../../dev/shop/subgraphs/subgraphs.ts'
import { BenchFailure } from '../failure.ts'
import type { Life } from '../life.ts'
import type { Running } from './bench-shop.ts'
import { OWN, openDatabase } from './databases.ts'

const WAITING = `SELECT ${OWN} count(*)::int AS waiting FROM outbox_message WHERE published_at IS NULL`
/**
 * Statements for work under way other than messages, by database. Work that waits for a customer or for a
 * parcel to move does not count.
 */
const UNDER_WAY: Readonly<Record<string, string>> = {
  orders: `SELECT ${OWN} count(*)::int AS waiting FROM orders
            WHERE status IN ('PENDING', 'CANCELLING') OR (status = 'AWAITING_PAYMENT' AND placed_at > now() - interval '2 minutes')`,
  payments: `SELECT ${OWN} count(*)::int AS waiting FROM gateway_call WHERE done_at IS NULL AND due_at <= now() + interval '25 s'`,
  shipping: `SELECT ${OWN} count(*)::int AS waiting FROM shipment WHERE label IN ('WANTED', 'ASKED') AND status = 'PENDING'`,
}

const LOOK_MS = 50

/**
 * Waits until a shop is idle: no pending order, no call to the gateway, no label to be made, no message in an outbox. It polls the databases twenty times
 * a second, which costs the shop almost nothing.
 */
export async function restOf(shop: Running, life: Life): Promise<(patienceMs?: number) => Promise<void>> {
  const databases = await Promise.all(
    SUBGRAPH_NAMES.map(async (name) => ({ name, database: await openDatabase(shop, name, life) })),
  )
  const look = async () => {
    const counts = await Promise.all(
      databases.map(async ({ name, database }) => {
        const messages = await waiting(database, WAITING)
        return UNDER_WAY[name] ? messages + (await waiting(database, UNDER_WAY[name])) : messages
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  return (patienceMs = 60_000) => untilNone(look, patienceMs, 'the shop is not at rest', life)
}

/** Waits until analytics has summed all changed days, which it looks for every 30 s: a new shop has those of its past. */
export async function allDaysSummed(shop: Running, life: Life): Promise<void> {
  const database = await openDatabase(shop, 'analytics', life)
  const look = () => waiting(database, `SELECT ${OWN} count(*)::int AS waiting FROM sale_change`)
  await untilNone(look, 120_000, 'analytics has not summed all days', life)
}

export async function untilNone(
  look: () => Promise<number>,
  patienceMs: number,
  complaint: string,
  life: Life,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while ((await look()) > 0) {
    life.signal.throwIfAborted()
    if (performance.now() > deadline) throw new BenchFailure(`${complaint} after ${patienceMs} ms`)
    await sleep(LOOK_MS)
  }
}

async function waiting(database: pg.Client, sql: string): Promise<number> {
  const { rows } = await database.query<{ waiting: number }>(sql)
  return rows[0]?.waiting ?? 0
}
