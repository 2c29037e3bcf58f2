import type { PrismaClient } from '../generated/prisma/client.ts'
import { recommendationsLoaders } from '../loaders.ts'
import { deriveNeighbours } from '../neighbours.ts'
import { recommendedList } from '../recommendation-list.ts'
import { recommendationReads } from '../recommendation-reads.ts'
import { deliverMessages, deliverProducts, placed, type TestOrder } from './deliver-messages.ts'

/** Orders with the products that were on sale. */
export type Sales = { readonly productIds: readonly string[]; readonly orders: readonly TestOrder[] }

export type Method = 'recommended' | 'popular' | 'random'

/** Share of held-out products among the first ten, and the mean of 1 / rank, where a product that is not among them counts 0. */
export type Quality = { readonly hitRate: number; readonly mrr: number }

export type Qualities = { readonly asked: number } & Readonly<Record<Method, Quality>>

export const FIRST = 10

/**
 * Leave-one-out cross-validation in the order of time: each product of an order since the cutoff that is new
 * to its buyer is held out in turn. The subgraph receives all earlier orders and the rest of the order, and
 * recommends ten products.
 * @param draw a source of numbers from 0 up to, not including, 1, for the random method
 */
export async function leaveOneOut(
  prisma: PrismaClient,
  { productIds, orders }: Sales,
  cutoff: Date,
  draw: () => number,
): Promise<Qualities> {
  const byTime = orders.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const past = byTime.filter(({ at }) => at < cutoff)
  const owned = new Map<string, Set<string>>()
  const note = ({ customerId, productIds: bought }: TestOrder) => {
    if (customerId === null) return
    owned.set(customerId, new Set([...(owned.get(customerId) ?? []), ...bought]))
  }
  await deliverProducts(prisma, productIds)
  await deliverMessages(prisma, 'orders.order.placed', past.map(placed))
  past.forEach(note)
  const ranks: Record<Method, number[]> = { recommended: [], popular: [], random: [] }
  for (const order of byTime.slice(past.length)) {
    const before = owned.get(order.customerId ?? '') ?? new Set()
    const fresh = order.customerId === null ? [] : order.productIds.filter((id) => !before.has(id))
    for (const target of fresh) {
      const lists = await withoutOne(prisma, order, target, { productIds, before, draw })
      for (const method of METHODS) ranks[method].push(lists[method].indexOf(target))
    }
    await deliverMessages(prisma, 'orders.order.placed', [placed(order)])
    note(order)
  }
  return {
    asked: ranks.recommended.length,
    recommended: qualityOf(ranks.recommended),
    popular: qualityOf(ranks.popular),
    random: qualityOf(ranks.random),
  }
}

const METHODS = ['recommended', 'popular', 'random'] as const

type Around = {
  readonly productIds: readonly string[]
  readonly before: ReadonlySet<string>
  readonly draw: () => number
}

/** The answer of each method while an order lacks one product. All exclude the buyer's own products. */
async function withoutOne(
  prisma: PrismaClient,
  order: TestOrder,
  target: string,
  { productIds, before, draw }: Around,
): Promise<Record<Method, string[]>> {
  const rest = order.productIds.filter((id) => id !== target)
  // A separate id for the rest of the order, which is removed afterwards.
  const orderId = `${order.orderId.slice(0, -12)}${target.slice(-12)}`
  const partial = { ...order, orderId, productIds: rest }
  if (rest.length > 0) await deliverMessages(prisma, 'orders.order.placed', [placed(partial)])
  await deriveNeighbours(prisma, 'PURCHASE', order.at)
  const reads = recommendationReads(prisma)
  const load = recommendationsLoaders(reads, order.at)
  const found = await recommendedList(order.customerId ?? '', FIRST, load)
  const has = new Set([...before, ...rest])
  const popular = (await reads.popular()).filter((id) => !has.has(id))
  if (rest.length > 0)
    await deliverMessages(prisma, 'orders.order.cancelled', [
      { subject: orderId, at: order.at, data: { orderId } },
    ])
  return {
    recommended: found.map(({ productId }) => productId),
    popular: popular.slice(0, FIRST),
    random: shuffled(
      productIds.filter((id) => !has.has(id)),
      draw,
    ).slice(0, FIRST),
  }
}

/** @param ranks places from 0; -1 for a product that is not in the list */
function qualityOf(ranks: readonly number[]): Quality {
  const hits = ranks.filter((rank) => rank >= 0)
  return {
    hitRate: hits.length / ranks.length,
    mrr: hits.reduce((sum, rank) => sum + 1 / (rank + 1), 0) / ranks.length,
  }
}

/** The Fisher–Yates shuffle. */
function shuffled(ids: readonly string[], draw: () => number): string[] {
  const list = [...ids]
  for (let last = list.length - 1; last > 0; last--) {
    const place = Math.floor(draw() * (last + 1))
    ;[list[last], list[place]] = [list[place] ?? '', list[last] ?? '']
  }
  return list
}
