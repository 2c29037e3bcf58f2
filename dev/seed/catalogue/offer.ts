import { DAY, type Plan } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { type Prices, pricesAt } from './price-ladder.ts'
import { statusOf } from './product.ts'
import { sockTypeOf } from './sock-type.ts'
import { variantsOfProduct } from './variant-place.ts'

/** The current prices of a variant; `compareAt` is the price before its sale began. */
export type Offer = { prices: Prices; compareAt: Prices | null; cost: Prices }

export function offer(plan: Plan, variant: number): Offer {
  const { rung, saleSince } = pricing(plan, variant)
  const before = pricesAt(rung)
  const { member: product } = variantsOfProduct.placeOf(variant)
  const share = chance(plan.seed, 'cost', product).between(32, 44) / 100
  return {
    prices: saleSince === null ? before : pricesAt(rung - REDUCTION),
    compareAt: saleSince === null ? null : before,
    cost: scaled(before, share),
  }
}

/**
 * A variant's prices at an instant (ms since the epoch): an order from before the sale paid the full price.
 */
export function pricesOn(plan: Plan, variant: number, moment: number): Prices {
  const { rung, saleSince } = pricing(plan, variant)
  return pricesAt(saleSince !== null && moment >= saleSince ? rung - REDUCTION : rung)
}

/** Rungs of the price ladder that a sale goes down. */
const REDUCTION = 2

/**
 * The price belongs to the product; for types with much yarn, the largest of three sizes costs a rung more.
 */
function pricing(plan: Plan, variant: number): { rung: number; saleSince: number | null } {
  const { member: product, position } = variantsOfProduct.placeOf(variant)
  const random = chance(plan.seed, 'price', product)
  const { rungs, sizes, grams } = sockTypeOf(product)
  const rung = random.between(rungs[0], rungs[1])
  const onSale = rung >= REDUCTION && statusOf(product) === 'ACTIVE' && random.flip(0.15)
  const large = grams >= 62 && sizes.length === 3 && position % sizes.length === 2
  return {
    rung: large ? rung + 1 : rung,
    saleSince: onSale ? plan.today - random.between(5, 40) * DAY : null,
  }
}

function scaled(prices: Prices, share: number): Prices {
  return {
    USD: Math.round(prices.USD * share),
    EUR: Math.round(prices.EUR * share),
    JPY: Math.round(prices.JPY * share),
  }
}
