import type { PrismaClient } from '@argyle/recommendations/generated/prisma/client'
import { deriveNeighbours } from '@argyle/recommendations/neighbours'
import { deliverMessages, deliverProducts, placed } from '@argyle/recommendations/testing/deliver-messages'
import type { Sales } from '@argyle/recommendations/testing/quality'

/** The speed at which a new database processes the events of a shop and derives its lists. */
export type Rebuild = {
  readonly events: number
  readonly eventsPerSecond: number
  /** Messages of orders that come one by one, each in a transaction of its own, one after another. */
  readonly singlePerSecond: number
  readonly lists: number
  readonly deriveMs: number
}

const SINGLE = 300

/**
 * Delivers the products, their stock and the orders to a new database in batches of 200, as a republication
 * does, and derives all lists.
 */
export async function measureRebuild(prisma: PrismaClient, { productIds, orders }: Sales): Promise<Rebuild> {
  const late = orders.slice(-SINGLE)
  const deliveredAt = performance.now()
  await deliverProducts(prisma, productIds)
  await deliverMessages(prisma, 'orders.order.placed', orders.slice(0, -SINGLE).map(placed))
  const events = 2 * productIds.length + orders.length - late.length
  const eventsPerSecond = perSecond(events, deliveredAt)
  const single = performance.now()
  for (const order of late) await deliverMessages(prisma, 'orders.order.placed', [placed(order)])
  const singlePerSecond = perSecond(late.length, single)
  const derived = performance.now()
  await deriveNeighbours(prisma, 'PURCHASE', new Date())
  const deriveMs = performance.now() - derived
  const [row] = await prisma.$queryRaw<{ lists: number }[]>`SELECT count(*)::int AS lists FROM neighbour_list`
  return { events: events + late.length, eventsPerSecond, singlePerSecond, lists: row?.lists ?? 0, deriveMs }
}

const perSecond = (count: number, since: number) => (count * 1_000) / (performance.now() - since)
