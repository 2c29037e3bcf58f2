import { drawsOf } from '@argyle/kit/draws'
import { newId } from '@argyle/kit/ids'
import type { TestOrder } from './deliver-messages.ts'
import type { Sales } from './quality.ts'

const DAY_MS = 86_400_000

export type Made = {
  readonly seed: number
  readonly now: Date
  /** Share of purchases within the groups of the buyer; with 0, only popularity predicts purchases. */
  readonly loyalty: number
}

const GROUPS = 20
const IN_GROUP = 12
const BUYERS = 400
const MAX_ORDERS = 6
const PERIOD_DAYS = 300

/**
 * Sales of a known structure: products are in groups, each buyer belongs to two of them, and a few products
 * sell most, in each group and in the whole shop. The data is independent of the shop's seed.
 */
export function madeSales({ seed, now, loyalty }: Made): Sales {
  const draw = drawsOf(seed)
  const below = (end: number) => Math.floor(draw() * end)
  // The power makes low ranks likelier.
  const skewed = (end: number) => Math.floor(draw() ** 2.5 * end)
  const productIds = Array.from({ length: GROUPS * IN_GROUP }, () => newId('prd'))
  // Scattered, so that no group sells more than another.
  const bySales = productIds.toSorted((a, b) => rankOf(productIds, a) - rankOf(productIds, b))
  const orders: TestOrder[] = []
  for (let buyer = 0; buyer < BUYERS; buyer++) {
    const customerId = newId('usr')
    const groups = [below(GROUPS), below(GROUPS)]
    for (let count = 1 + below(MAX_ORDERS); count > 0; count--) {
      const basket = new Set<string>()
      for (let line = 1 + below(4); line > 0; line--) {
        const group = groups[below(2)] ?? 0
        const place = draw() < loyalty ? group * IN_GROUP + skewed(IN_GROUP) : -1
        basket.add((place < 0 ? bySales[skewed(bySales.length)] : productIds[place]) ?? '')
      }
      const at = new Date(now.getTime() - Math.floor(draw() * PERIOD_DAYS * DAY_MS))
      orders.push({ orderId: newId('ord'), customerId, at, productIds: [...basket] })
    }
  }
  return { productIds, orders }
}

/** The rank of a product: the first of each group come first, then the second of each. */
function rankOf(productIds: readonly string[], id: string): number {
  const place = productIds.indexOf(id)
  return (place % IN_GROUP) * GROUPS + Math.floor(place / IN_GROUP)
}
