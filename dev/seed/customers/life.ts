// Tested in ../seed-shop.int.test.ts: the test checks its databases.

import { patternOf, productAtRank, productCreatedAt } from '../catalogue/product.ts'
import type { Pattern } from '../catalogue/sock-design.ts'
import { SOCK_TYPES, sockTypeOf } from '../catalogue/sock-type.ts'
import { variantsOfProduct } from '../catalogue/variant-place.ts'
import { orderTimes } from '../orders/order-time.ts'
import { DAY, type Plan, productsOf, roundsOf } from '../plan.ts'
import { type Chance, chance } from '../random/chance.ts'
import { shoppingOf } from './cohort.ts'
import { LOOKS } from './look.ts'
import { OCCASIONS } from './occasion.ts'

/** The purchases and opinions of one person. Products, variants and orders are indexes. */
export type Life = { readonly orders: readonly Purchase[]; readonly opinions: readonly Opinion[] }

export type Purchase = {
  readonly index: number
  readonly placedAt: number
  readonly cancelled: boolean
  readonly lines: readonly PurchaseLine[]
}

export type PurchaseLine = {
  readonly product: number
  readonly variant: number
  readonly quantity: number
}

export type Opinion = {
  readonly product: number
  readonly occasion: number
  /** When the order was placed; null for a product that this person did not buy here. */
  readonly boughtAt: number | null
}

/** Everything that one person does in the shop's past, computed from the person's own index alone. */
export function life(plan: Plan, user: number): Life {
  const random = chance(plan.seed, 'life', user)
  const { orders, hearsay } = shoppingOf(user)
  const taste = [random.below(OCCASIONS.length), random.below(OCCASIONS.length)]
  // Drawn apart, so that people keep their occasions.
  const look = chance(plan.seed, 'look', user).pick(LOOKS)
  const known = new Set<number>()
  const owned: number[] = []
  const opinions: Opinion[] = []
  const purchases = orderTimes(plan, user).map(({ index, placedAt }, place) => {
    const letters = orders[place] ?? ''
    const occasion = random.flip(0.85) ? random.pick(taste) : random.below(OCCASIONS.length)
    const lines = new Map<number, PurchaseLine>()
    for (const letter of letters.replace('!', '')) {
      const again = letter === 'a' ? rebought(random, owned, lines) : null
      const product = again ?? discovered(plan, random, { occasion, look, before: placedAt, known })
      known.add(product)
      lines.set(product, lineOf(random, product, user))
      if (letter === 'R') opinions.push({ product, occasion, boughtAt: placedAt })
    }
    if (!letters.startsWith('!')) owned.push(...lines.keys())
    return { index, placedAt, cancelled: letters.startsWith('!'), lines: [...lines.values()] }
  })
  for (let count = 0; count < hearsay; count++) {
    const occasion = random.pick(taste)
    const product = discovered(plan, random, { occasion, look, before: plan.today - DAY, known })
    known.add(product)
    opinions.push({ product, occasion, boughtAt: null })
  }
  return { orders: purchases, opinions }
}

/** A product of an earlier order that is not yet in this basket; null if there is none. */
function rebought(
  random: Chance,
  owned: readonly number[],
  basket: ReadonlyMap<number, unknown>,
): number | null {
  const choices = owned.filter((product) => !basket.has(product))
  return choices.length === 0 ? null : random.pick(choices)
}

type Search = {
  occasion: number
  look: readonly Pattern[]
  before: number
  known: ReadonlySet<number>
}

/**
 * A product that is new to this person, was on sale at the time and usually suits the occasion and the
 * person's look; popular ones are likelier.
 */
function discovered(plan: Plan, random: Chance, { occasion, look, before, known }: Search): number {
  const types = OCCASIONS[occasion]?.types ?? []
  const fits = (product: number) => !known.has(product) && productCreatedAt(plan, product) < before
  const byLook = random.flip(0.85)
  for (let attempt = 0; attempt < 24; attempt++) {
    const type = random.flip(0.9) ? random.pick(types) : random.below(SOCK_TYPES.length)
    const product = productAtRank(plan, type, random.zipf(roundsOf(plan.size)))
    if (fits(product) && (!byLook || look.includes(patternOf(product)))) return product
  }
  const count = productsOf(plan.size)
  const start = random.below(count)
  for (let step = 0; step < count; step++) if (fits((start + step) % count)) return (start + step) % count
  throw new Error('This shop has too few products for its customers’ curiosity.')
}

/** A person always buys one size, and usually one pair. */
function lineOf(random: Chance, product: number, user: number): PurchaseLine {
  const type = sockTypeOf(product)
  const size = user % type.sizes.length
  const colour = random.below(type.colours)
  const variant = variantsOfProduct.firstOf(product) + colour * type.sizes.length + size
  const quantity = random.weighted([
    [14, 1],
    [4, 2],
    [2, 3],
  ] as const)
  return { product, variant, quantity }
}
